import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { nodeProvider } from '../provider/node.ts';
import { curveEquation, Field12, Fp, Fr, G1, isInGt, powerInGt, squareRoot } from './bls.ts';
import { decodeG1, decodeGt, decodeScalar, encodeG1, encodeGt, encodeScalar } from './pythia-format.ts';
import { drawScalar } from './scalars.ts';

const anyScalar = fc.bigInt({ min: 1n, max: Fr.ORDER - 1n });
const generator = bls12_381.pairing(G1.BASE, bls12_381.G2.Point.BASE);

/** x on the curve whose point is as good as never in the subgroup, with one of its two tags. */
function outsideSubgroup(): Uint8Array {
  let x = 1n;
  while (squareRoot(curveEquation(x)) === undefined) x += 1n;
  return concatBytes(Uint8Array.of(2), numberToBytesBE(x, 48));
}

function offCurve(): Uint8Array {
  let x = 1n;
  while (squareRoot(curveEquation(x)) !== undefined) x += 1n;
  return concatBytes(Uint8Array.of(2), numberToBytesBE(x, 48));
}

describe('a scalar', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(anyScalar, (scalar) => {
        expect(decodeScalar(encodeScalar(scalar))).toBe(scalar);
      }),
    );
  });

  it.each([
    ['short', [0, 5], 5n],
    ['padded with zeros', [...new Array<number>(31).fill(0), 1, 5], 261n],
    ['negative', [1, 5], Fr.ORDER - 5n],
    ['above the order', [0, ...numberToBytesBE(Fr.ORDER + 7n, 32)], 7n],
  ])('may be %s', (_, bytes, scalar) => {
    expect(decodeScalar(Uint8Array.from(bytes))).toBe(scalar);
  });

  it.each([
    ['empty', []],
    ['a sign alone', [0]],
    ['zero', [0, 0]],
    ['the order', [0, ...numberToBytesBE(Fr.ORDER, 32)]],
    ['minus the order', [1, ...numberToBytesBE(Fr.ORDER, 32)]],
    ['of another sign', [2, 5]],
    ['too long', new Array<number>(34).fill(0).fill(1, 33)],
  ])('is none when %s', (_, bytes) => {
    expect(decodeScalar(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe('a point of G1', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(anyScalar, (scalar) => {
        const point = G1.BASE.multiply(scalar);
        const bytes = encodeG1(point);
        expect(bytes).toHaveLength(49);
        expect(decodeG1(bytes)?.equals(point)).toBe(true);
        expect(decodeG1(Uint8Array.of(bytes[0]! ^ 1, ...bytes.subarray(1)))?.equals(point.negate())).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  const good = encodeG1(G1.BASE);
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a byte too few', good.subarray(0, 48)],
    ['a byte too many', concatBytes(good, Uint8Array.of(0))],
    ['the form of other libraries', G1.BASE.toBytes(true)],
    ...[0, 1, 4, 0x82].map((tag): [string, Uint8Array] => [`tag ${tag}`, Uint8Array.of(tag, ...good.subarray(1))]),
    ['x equal to p', concatBytes(Uint8Array.of(2), numberToBytesBE(Fp.ORDER, 48))],
    ['x above p', concatBytes(Uint8Array.of(2), numberToBytesBE(Fp.ORDER + 4n, 48))],
    ['x with no point', offCurve()],
    ['a point of another order', outsideSubgroup()],
    ['a point of order 3', concatBytes(Uint8Array.of(2), new Uint8Array(48))],
  ])('is none with %s', (_, bytes) => {
    expect(decodeG1(bytes)).toBeUndefined();
  });

  it('is of order r or refused, whatever the bytes', () => {
    const likely = fc.tuple(fc.constantFrom(2, 3), fc.uint8Array({ minLength: 48, maxLength: 48 }));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 100 }),
          likely.map(([tag, x]) => Uint8Array.of(tag, ...x)),
        ),
        (bytes) => {
          const point = decodeG1(bytes);
          if (point)
            expect(
              point
                .multiplyUnsafe(Fr.ORDER - 1n)
                .add(point)
                .is0(),
            ).toBe(true);
        },
      ),
    );
  });
});

describe('an element of GT', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(anyScalar, (scalar) => {
        const element = powerInGt(generator, scalar);
        expect(Field12.eql(element, Field12.pow(generator, scalar))).toBe(true);
        const bytes = encodeGt(element);
        expect(bytes).toHaveLength(384);
        expect(Field12.eql(decodeGt(bytes)!, element)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('has powers at the ends of the range', () => {
    for (const exponent of [0n, 1n, 2n, 0xd201000000010000n - 1n, 0xd201000000010000n, Fr.ORDER - 1n]) {
      expect(Field12.eql(powerInGt(generator, exponent), Field12.pow(generator, exponent))).toBe(true);
    }
  });

  it('is told from one of the cyclotomic subgroup alone', () => {
    // To the power of (p⁶ − 1)(p² + 1), any element lies in that subgroup; one in r of them lies in GT.
    const any = Field12.fromBytes(
      concatBytes(...Array.from({ length: 12 }, () => Fp.toBytes(drawScalar(nodeProvider.randomBytes, Fr.ORDER)))),
    );
    const unitary = Field12.div(Field12.conjugate(any), any);
    const cyclotomic = Field12.mul(Field12.frobeniusMap(unitary, 2), unitary);
    expect(isInGt(any)).toBe(false);
    expect(isInGt(unitary)).toBe(false);
    expect(isInGt(cyclotomic)).toBe(false);
    expect(decodeGt(encodeGt(cyclotomic))).toBeUndefined();
    const inGt = Field12.finalExponentiate(any);
    expect(isInGt(inGt)).toBe(true);
    expect(Field12.eql(Field12.pow(inGt, Fr.ORDER), Field12.ONE)).toBe(true);
  });

  const good = encodeGt(generator);
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a byte too few', good.subarray(0, 383)],
    ['a byte too many', concatBytes(good, Uint8Array.of(0))],
    ['zeros, which is the element 1', new Uint8Array(384)],
    ['a zero where the formula divides', concatBytes(good.subarray(0, 192), new Uint8Array(96), good.subarray(288))],
    ['a number equal to p', concatBytes(numberToBytesBE(Fp.ORDER, 48), good.subarray(48))],
    [
      'the same numbers, one of them not reduced',
      concatBytes(numberToBytesBE(bytesToNumberBE(good.subarray(0, 48)) + Fp.ORDER, 48), good.subarray(48)),
    ],
    ['ones', new Uint8Array(384).fill(0xff)],
  ])('is none with %s', (_, bytes) => {
    expect(decodeGt(bytes)).toBeUndefined();
  });

  it('is none with any byte changed', () => {
    for (let at = 0; at < good.length; at++) {
      for (const mask of [0x01, 0x80]) {
        const changed = good.slice();
        changed[at]! ^= mask;
        expect(decodeGt(changed)).toBeUndefined();
      }
    }
  });

  it('is none in any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 384, maxLength: 384 }), fc.uint8Array({ maxLength: 800 })),
        (bytes) => {
          expect(decodeGt(bytes)).toBeUndefined();
        },
      ),
    );
  });
});
