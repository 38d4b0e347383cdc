/**
 * What Pythia needs of BLS12-381 beyond what noble offers by name: square roots, and membership and powers in GT, the group that
 * pairings lead to. All arithmetic is noble's. Source: docs/spec/brain-key.md §2.
 */
import type { Fp12 } from '@noble/curves/abstract/tower.js';
import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { bls12_381 } from '@noble/curves/bls12-381.js';

export const { Fp, Fp2: Field2, Fp12: Field12, Fr } = bls12_381.fields;
export const G1 = bls12_381.G1.Point;
export type PointG1 = WeierstrassPoint<bigint>;

const ROOT_EXPONENT = (Fp.ORDER + 1n) / 4n;
/** The parameter of the curve is this, negative: p ≡ −PARAMETER modulo r. */
const PARAMETER = 0xd201000000010000n;

/** The square root that is a square itself; undefined for what has none. */
export function squareRoot(value: bigint): bigint | undefined {
  const root = Fp.pow(value, ROOT_EXPONENT);
  return Fp.eql(Fp.sqr(root), value) ? root : undefined;
}

/** y² of a point of G1. */
export function curveEquation(x: bigint): bigint {
  return Fp.add(Fp.mul(Fp.sqr(x), x), 4n);
}

/**
 * Whether the r-th power of `element`, which is not 0, is 1. It is when the element lies in the cyclotomic subgroup, of order p⁴ − p² + 1, and its p-th
 * power is the one by the parameter: gcd(p + PARAMETER, p⁴ − p² + 1) = r (Scott, eprint 2021/1130).
 */
export function isInGt(element: Fp12): boolean {
  const isCyclotomic = Field12.eql(
    Field12.mul(Field12.frobeniusMap(element, 4), element),
    Field12.frobeniusMap(element, 2),
  );
  return (
    isCyclotomic &&
    Field12.eql(Field12.frobeniusMap(element, 1), Field12.conjugate(Field12._cyclotomicExp(element, PARAMETER)))
  );
}

/**
 * A power of an element of GT, for 0 ≤ exponent < r. The exponent is written in base PARAMETER, since there its powers cost nothing: the
 * power by PARAMETER is the inverse (in GT the conjugate) of the p-th.
 */
export function powerInGt(element: Fp12, exponent: bigint): Fp12 {
  let result = Field12.ONE;
  let base = element;
  for (let rest = exponent; rest > 0n; rest /= PARAMETER) {
    result = Field12.mul(result, Field12._cyclotomicExp(base, rest % PARAMETER));
    base = Field12.conjugate(Field12.frobeniusMap(base, 1));
  }
  return result;
}
