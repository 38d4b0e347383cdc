/**
 * The encodings of Pythia: scalars, points of G1 (49 bytes) and elements of GT (384 bytes). None of them is the usual one of the curve.
 * Points and elements are read in their one encoding and in the right group, or not at all. Source: docs/spec/brain-key.md §2.
 */
import type { Fp2, Fp12 } from '@noble/curves/abstract/tower.js';
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { concatBytes } from '../encoding/bytes.ts';
import { curveEquation, Field2, Fp, Fr, G1, isInGt, type PointG1, squareRoot } from './bls.ts';

export const G1_LENGTH = 49;
export const GT_LENGTH = 384;

const COORDINATE = 48;
const MAX_SCALAR = 33;
const MONTGOMERY_FACTOR = Fp.create(2n ** 384n);

/** A sign byte, then the magnitude without leading zeros. */
export function encodeScalar(scalar: bigint): Uint8Array {
  return concatBytes(Uint8Array.of(0), numberToBytesBE(scalar, Math.ceil(scalar.toString(16).length / 2)));
}

/** Modulo r; undefined for what is no scalar, or zero. Official clients write negative and short ones, and read padded ones. */
export function decodeScalar(bytes: Uint8Array): bigint | undefined {
  if (bytes.length < 2 || bytes.length > MAX_SCALAR || bytes[0]! > 1) return undefined;
  const magnitude = Fr.create(bytesToNumberBE(bytes.subarray(1)));
  if (magnitude === 0n) return undefined;
  return bytes[0] === 1 ? Fr.neg(magnitude) : magnitude;
}

export function encodeG1(point: PointG1): Uint8Array {
  const { x, y } = point.toAffine();
  return concatBytes(Uint8Array.of(2 + montgomeryParity(y)), numberToBytesBE(x, COORDINATE));
}

/** A point of order r; undefined for anything else. Infinity has no encoding of this length. */
export function decodeG1(bytes: Uint8Array): PointG1 | undefined {
  if (bytes.length !== G1_LENGTH || (bytes[0] !== 2 && bytes[0] !== 3)) return undefined;
  const x = bytesToNumberBE(bytes.subarray(1));
  if (x >= Fp.ORDER) return undefined;
  const root = squareRoot(curveEquation(x));
  if (root === undefined) return undefined;
  const y = montgomeryParity(root) === bytes[0] - 2 ? root : Fp.neg(root);
  const point = new G1(x, y, Fp.ONE);
  return point.isTorsionFree() ? point : undefined;
}

/** The root that is meant is told by the lowest bit of y in Montgomery form, not of y itself. */
function montgomeryParity(y: bigint): number {
  return Number(Fp.mul(y, MONTGOMERY_FACTOR) & 1n);
}

/** Four of the six coefficients over Fp2; the other two follow from them (Karabina's compression). */
export function encodeGt({ c0: low, c1: high }: Fp12): Uint8Array {
  const numbers = [low.c1, low.c2, high.c0, high.c2].flatMap(({ c0, c1 }) => [c0, c1]);
  return concatBytes(...numbers.map((number) => numberToBytesBE(number, COORDINATE)));
}

/** An element of order r; undefined for anything else, and for what chance does not bring about: a zero where the formula divides. */
export function decodeGt(bytes: Uint8Array): Fp12 | undefined {
  if (bytes.length !== GT_LENGTH) return undefined;
  const numbers = Array.from({ length: 8 }, (_, index) =>
    bytesToNumberBE(bytes.subarray(index * COORDINATE, (index + 1) * COORDINATE)),
  );
  if (numbers.some((number) => number >= Fp.ORDER)) return undefined;
  const coefficient = (index: number): Fp2 => ({ c0: numbers[2 * index]!, c1: numbers[2 * index + 1]! });
  const [a01, a02, a10, a12] = [coefficient(0), coefficient(1), coefficient(2), coefficient(3)];
  if (Field2.is0(a10)) return undefined;

  // a11 = (ξ·a12² + 3·a01² − 2·a02) / 4·a10 and a00 = ξ·(2·a11² + a10·a12 − 3·a01·a02) + 1, with ξ = 1 + u.
  const dividend = Field2.add(xi(Field2.sqr(a12)), Field2.sub(Field2.mul(Field2.sqr(a01), 3n), Field2.mul(a02, 2n)));
  const a11 = Field2.div(dividend, Field2.mul(a10, 4n));
  const products = Field2.sub(Field2.mul(a10, a12), Field2.mul(Field2.mul(a01, a02), 3n));
  const a00 = Field2.add(xi(Field2.add(Field2.mul(Field2.sqr(a11), 2n), products)), Field2.ONE);

  const element = { c0: { c0: a00, c1: a01, c2: a02 }, c1: { c0: a10, c1: a11, c2: a12 } };
  return isInGt(element) ? element : undefined;
}

function xi(value: Fp2): Fp2 {
  return Field2.mulByNonresidue(value);
}
