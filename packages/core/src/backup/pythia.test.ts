import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToBase64, bytesToHex } from '../encoding/text.ts';
import { isSdkError } from '../errors.ts';
import { nodeProvider } from '../provider/node.ts';
import { Fr } from './bls.ts';
import { blind, deblind } from './pythia.ts';
import { decodeScalar, encodeScalar } from './pythia-format.ts';
import { pythiaPrivateKey, transform } from './pythia-server.ts';
import { fixedScalar } from './test-kit.ts';

/** Made by the official packages: vectors/README.md. */
interface PythiaVector {
  readonly op: string;
  readonly name: string;
  readonly transformationKeyId: string;
  readonly pythiaSecret: string;
  readonly pythiaScopeSecret: string;
  readonly transformationPrivateKey: string;
  readonly password: string;
  readonly tweak: string;
  readonly blindedPassword: string;
  readonly blindingSecret: string;
  readonly transformedPassword: string;
  readonly seed: string;
}

const file = new URL('../../../../vectors/formats/known-answers.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: PythiaVector[] };
const known = vectors.filter(({ op }) => op === 'pythia');
const draw = nodeProvider.randomBytes;
const privateKey = 0x1234567890abcdefn;
const tweak = utf8ToBytes('alice');
const transformed = (blindedPassword: Uint8Array) => transform({ blindedPassword, privateKey, tweak, draw });

describe('the known answers of Pythia', () => {
  it('are there', () => {
    expect(known.length).toBeGreaterThan(0);
  });

  it.each(known)('$name', (vector) => {
    const secret = base64ToBytes(vector.blindingSecret);
    const factor = Fr.inv(decodeScalar(secret)!);
    const blinded = blind(base64ToBytes(vector.password), fixedScalar(factor));
    expect(bytesToBase64(blinded.blindedPassword)).toBe(vector.blindedPassword);
    expect(decodeScalar(blinded.secret)).toBe(decodeScalar(secret));

    const key = pythiaPrivateKey({
      secret: base64ToBytes(vector.pythiaSecret),
      scopeSecret: base64ToBytes(vector.pythiaScopeSecret),
      keyId: base64ToBytes(vector.transformationKeyId),
    });
    expect(bytesToBase64(encodeScalar(key))).toBe(vector.transformationPrivateKey);
    const { blindedPassword } = blinded;
    const answer = transform({ blindedPassword, privateKey: key, tweak: base64ToBytes(vector.tweak), draw });
    expect(bytesToBase64(answer)).toBe(vector.transformedPassword);
    expect(bytesToBase64(deblind(answer, secret))).toBe(vector.seed);
  });
});

describe('a blinded password', () => {
  it('is another each time, for one seed', () => {
    const blinded = Array.from({ length: 5 }, () => blind(utf8ToBytes('password'), draw));
    expect(new Set(blinded.map(({ blindedPassword }) => bytesToHex(blindedPassword))).size).toBe(5);
    const seeds = blinded.map(({ blindedPassword, secret }) =>
      bytesToHex(deblind(transformed(blindedPassword), secret)),
    );
    expect(new Set(seeds).size).toBe(1);
    expect(seeds[0]).toHaveLength(2 * 384);
  });

  it('gives another seed for another password, key or tweak', () => {
    const seedOf = (password: string, key: bigint, whose: string) => {
      const { blindedPassword, secret } = blind(utf8ToBytes(password), draw);
      return bytesToHex(
        deblind(transform({ blindedPassword, privateKey: key, tweak: utf8ToBytes(whose), draw }), secret),
      );
    };
    const seeds = [seedOf('one', 5n, 'a'), seedOf('two', 5n, 'a'), seedOf('one', 6n, 'a'), seedOf('one', 5n, 'b')];
    expect(new Set(seeds).size).toBe(4);
  });

  it('may have a secret of any size and either sign', () => {
    const password = utf8ToBytes('password');
    const { blindedPassword, secret } = blind(password, draw);
    const expected = bytesToHex(deblind(transformed(blindedPassword), secret));
    for (const inverse of [1n, 2n, 255n, 256n, 2n ** 200n, Fr.ORDER - 1n]) {
      const blinded = blind(password, fixedScalar(Fr.inv(inverse)));
      expect(decodeScalar(blinded.secret)).toBe(inverse);
      const answer = transformed(blinded.blindedPassword);
      expect(bytesToHex(deblind(answer, blinded.secret))).toBe(expected);
      const negative = Uint8Array.of(1, ...encodeScalar(Fr.ORDER - inverse).subarray(1));
      expect(bytesToHex(deblind(answer, negative))).toBe(expected);
    }
  });

  it.each([0, 129])('is not made of %i bytes', (length) => {
    expect(() => blind(new Uint8Array(length), draw)).toThrow(
      expect.objectContaining({ code: 'brain-key/password-length' }),
    );
  });

  it.each([1, 128])('is made of %i bytes', (length) => {
    expect(blind(new Uint8Array(length), draw).blindedPassword).toHaveLength(49);
  });
});

describe('an answer', () => {
  const { blindedPassword, secret } = blind(utf8ToBytes('password'), draw);
  const answer = transformed(blindedPassword);

  it('with any byte changed is refused', () => {
    for (let at = 0; at < answer.length; at++) {
      const changed = answer.slice();
      changed[at]! ^= 1 << (at % 8);
      expect(() => deblind(changed, secret)).toThrow(expect.objectContaining({ code: 'brain-key/bad-answer' }));
    }
  });

  it('of any bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(() => deblind(bytes, secret)).toThrow(expect.objectContaining({ code: 'brain-key/bad-answer' }));
      }),
    );
  });

  it('is not deblinded with what is no secret', () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0, 0), new Uint8Array(40), Uint8Array.of(7, 1)]) {
      expect(() => deblind(answer, bytes)).toThrow(expect.objectContaining({ code: 'brain-key/bad-secret' }));
    }
  });
});

describe('a transformation', () => {
  it('gives the same whatever it draws', () => {
    const { blindedPassword } = blind(utf8ToBytes('password'), draw);
    const expected = bytesToHex(transformed(blindedPassword));
    for (const mask of [1n, 2n, Fr.ORDER - 1n]) {
      const answer = transform({ blindedPassword, privateKey, tweak, draw: fixedScalar(mask) });
      expect(bytesToHex(answer)).toBe(expected);
    }
  });

  it('takes any bytes, or refuses them with its code', () => {
    const likely = fc
      .tuple(fc.constantFrom(2, 3), fc.uint8Array({ minLength: 48, maxLength: 48 }))
      .map(([tag, x]) => Uint8Array.of(tag, ...x));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), likely), (bytes) => {
        try {
          transformed(bytes);
        } catch (error) {
          if (!isSdkError(error, 'brain-key/bad-point')) throw error;
        }
      }),
    );
  });
});
