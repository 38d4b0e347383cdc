import { readFileSync } from 'node:fs';
import { numberToBytesBE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToBase64, bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { keyPairFromMaterial } from '../keys/generate.ts';
import { nodeProvider } from '../provider/node.ts';
import { blindPoint, hardenedSeed, unblindPoint } from './harden.ts';
import { harden } from './harden-server.ts';
import { encodePoint, Fn, Fp, type HardenedPoint, Point, proofChallenge } from './p256.ts';
import { drawScalar } from './scalars.ts';
import { fixedScalar } from './test-kit.ts';

interface BrainKeyVector {
  readonly name: string;
  readonly password: string;
  readonly blindingFactor: string;
  readonly blindedPoint: string;
  readonly serverScalar: string;
  readonly serverPublicKey: string;
  readonly hardenedPoint: string;
  readonly proofNonce: string;
  readonly proofC: string;
  readonly proofS: string;
  readonly unblindedPoint: string;
  readonly seed: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly identifier: string;
}

const file = new URL('../../../../vectors/formats/brain-key-v3.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: BrainKeyVector[] };
const draw = nodeProvider.randomBytes;
const badAnswer = expect.objectContaining({ code: 'brain-key/bad-answer' });
const badPoint = expect.objectContaining({ code: 'brain-key/bad-point' });
const toScalar = (base64: string) => Fn.fromBytes(base64ToBytes(base64));

/** What a service answers that knows `scalar`. */
const answerTo = (blindedPoint: Uint8Array, scalar: bigint) => harden({ blindedPoint, scalar, draw });

describe('the known answers of brain key v3', () => {
  it('are there', () => {
    expect(vectors.length).toBeGreaterThan(0);
  });

  it.each(vectors)('$name', async (vector) => {
    const password = base64ToBytes(vector.password);
    const blinded = blindPoint(password, fixedScalar(toScalar(vector.blindingFactor)));
    expect(bytesToBase64(blinded.blindedPoint)).toBe(vector.blindedPoint);

    const scalar = toScalar(vector.serverScalar);
    const answer = harden({
      blindedPoint: blinded.blindedPoint,
      scalar,
      draw: fixedScalar(toScalar(vector.proofNonce)),
    });
    expect(bytesToBase64(answer.hardenedPoint)).toBe(vector.hardenedPoint);
    expect(bytesToBase64(answer.serverPublicKey)).toBe(vector.serverPublicKey);
    expect(bytesToBase64(answer.proofC)).toBe(vector.proofC);
    expect(bytesToBase64(answer.proofS)).toBe(vector.proofS);

    const unblinded = unblindPoint(blinded, answer);
    expect(bytesToBase64(unblinded)).toBe(vector.unblindedPoint);
    const seed = hardenedSeed(password, unblinded);
    expect(bytesToBase64(seed)).toBe(vector.seed);
    const { privateKey, publicKey } = await keyPairFromMaterial(nodeProvider, seed);
    expect(bytesToBase64(privateKey.exportDer())).toBe(vector.privateKey);
    expect(bytesToBase64(publicKey.exportDer())).toBe(vector.publicKey);
    expect(bytesToBase64(publicKey.identifier)).toBe(vector.identifier);
  });
});

describe('a hardened password', () => {
  it('is the same however it was blinded and proven, and another for each password and scalar', () => {
    const anyCase = fc.record({
      password: fc.uint8Array({ minLength: 1, maxLength: 128 }),
      scalar: fc.bigInt({ min: 1n, max: Fn.ORDER - 1n }),
    });
    const pointOf = (password: Uint8Array, scalar: bigint) => {
      const blinded = blindPoint(password, draw);
      return bytesToHex(unblindPoint(blinded, answerTo(blinded.blindedPoint, scalar)));
    };
    fc.assert(
      fc.property(anyCase, ({ password, scalar }) => {
        const point = pointOf(password, scalar);
        expect(pointOf(password, scalar)).toBe(point);
        expect(pointOf(Uint8Array.of(password[0]! ^ 1, ...password.subarray(1)), scalar)).not.toBe(point);
        expect(pointOf(password, Fn.ORDER - scalar)).not.toBe(point);
      }),
      { numRuns: 10 },
    );
  });

  it.each([0, 129])('is not asked for with %i bytes', (length) => {
    expect(() => blindPoint(new Uint8Array(length), draw)).toThrow(
      expect.objectContaining({ code: 'brain-key/password-length' }),
    );
  });
});

describe('an answer', () => {
  const scalar = drawScalar(draw, Fn.ORDER);
  const blinded = blindPoint(utf8ToBytes('password'), draw);
  const good = answerTo(blinded.blindedPoint, scalar);
  const fields = Object.keys(good) as (keyof HardenedPoint)[];

  it.each(fields)('with any byte of %s changed is refused', (field) => {
    for (let at = 0; at < good[field].length; at++) {
      const changed = good[field].slice();
      changed[at]! ^= 1 << (at % 8);
      expect(() => unblindPoint(blinded, { ...good, [field]: changed })).toThrow(badAnswer);
    }
  });

  it.each(fields)('with any bytes as %s is refused', (field) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(() => unblindPoint(blinded, { ...good, [field]: bytes })).toThrow(badAnswer);
      }),
    );
  });

  it.each([
    [
      'the proof of another request',
      () => ({ ...good, ...proofOf(answerTo(blindPoint(utf8ToBytes('x'), draw).blindedPoint, scalar)) }),
    ],
    ['the public key of another service', () => ({ ...good, serverPublicKey: encodePoint(Point.BASE.multiply(7n)) })],
    [
      'a point that another scalar made',
      () => ({ ...good, hardenedPoint: answerTo(blinded.blindedPoint, 7n).hardenedPoint }),
    ],
    ['the answer to another request', () => answerTo(blindPoint(utf8ToBytes('password'), draw).blindedPoint, scalar)],
    ['a challenge of zero', () => ({ ...good, proofC: new Uint8Array(32) })],
    ['a challenge equal to the order', () => ({ ...good, proofC: numberToBytesBE(Fn.ORDER, 32) })],
    ['a response of zero', () => ({ ...good, proofS: new Uint8Array(32) })],
  ])('with %s is refused', (_, makeAnswer) => {
    expect(() => unblindPoint(blinded, makeAnswer())).toThrow(badAnswer);
  });

  it('whose commitments come out as infinity is refused', () => {
    // s = −c·x for the scalar x: so s·G + c·X is no point that can be encoded.
    const c = 5n;
    const answer = { ...good, proofC: Fn.toBytes(c), proofS: Fn.toBytes(Fn.neg(Fn.mul(c, scalar))) };
    expect(() => unblindPoint(blinded, answer)).toThrow(badAnswer);
  });
});

function proofOf({ proofC, proofS }: HardenedPoint): Pick<HardenedPoint, 'proofC' | 'proofS'> {
  return { proofC, proofS };
}

describe('hardening', () => {
  const { blindedPoint } = blindPoint(utf8ToBytes('password'), draw);

  it('proves with a nonce of its own each time', () => {
    const answers = Array.from({ length: 4 }, () => answerTo(blindedPoint, 9n));
    expect(new Set(answers.map(({ proofC }) => bytesToHex(proofC))).size).toBe(4);
    expect(new Set(answers.map(({ hardenedPoint }) => bytesToHex(hardenedPoint))).size).toBe(1);
  });

  it('multiplies the point by the scalar', () => {
    const expected = encodePoint(Point.fromBytes(blindedPoint).multiply(123n));
    expect(answerTo(blindedPoint, 123n).hardenedPoint).toEqual(expected);
    expect(answerTo(blindedPoint, 123n).serverPublicKey).toEqual(encodePoint(Point.BASE.multiply(123n)));
  });

  it('makes the challenge of the points in the order of the proof', () => {
    const [a, b, c, d, e] = [1n, 2n, 3n, 4n, 5n].map((scalar) => Point.BASE.multiply(scalar));
    const points = { serverPublicKey: a!, blinded: b!, hardened: c!, commitments: [d!, e!] as const };
    const swapped = { ...points, serverPublicKey: b!, blinded: a! };
    expect(proofChallenge(points)).not.toBe(proofChallenge(swapped));
  });

  const { x, y } = Point.fromBytes(blindedPoint).toAffine();
  const withCoordinates = (first: bigint, second: bigint) =>
    concatBytes(Uint8Array.of(4), numberToBytesBE(first, 32), numberToBytesBE(second, 32));
  it.each([
    ['nothing', new Uint8Array(0)],
    ['infinity', Uint8Array.of(0)],
    ['zeros', new Uint8Array(65)],
    ['a compressed point', Point.fromBytes(blindedPoint).toBytes(true)],
    ['a byte too few', blindedPoint.subarray(0, 64)],
    ['a byte too many', concatBytes(blindedPoint, Uint8Array.of(0))],
    ['the hybrid form', Uint8Array.of(6, ...blindedPoint.subarray(1))],
    ['a point off the curve', withCoordinates(x, y + 1n)],
    ['a coordinate equal to p', withCoordinates(Fp.ORDER, y)],
    ['the origin', withCoordinates(0n, 0n)],
  ])('refuses %s', (_, bytes) => {
    expect(() => answerTo(bytes, 9n)).toThrow(badPoint);
  });

  it('refuses any bytes with its code', () => {
    const likely = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => Uint8Array.of(4, ...bytes));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 130 }), likely), (bytes) => {
        try {
          answerTo(bytes, 9n);
          throw new Error('accepted');
        } catch (error) {
          if (!isSdkError(error, 'brain-key/bad-point')) throw error;
        }
      }),
    );
  });
});
