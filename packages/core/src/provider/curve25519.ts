/**
 * The two forms of one curve. Ed25519 keys agree on secrets as X25519 keys: u = (1 + y) / (1 − y), and the scalar is the
 * clamped first half of SHA-512 of the seed (RFC 7748 §4.1, RFC 8032 §5.1.5). Field arithmetic is noble's, but for the inversion;
 * its Ed25519 would be a tenth of what a page has to load.
 */
import { Field, pow2 } from '@noble/curves/abstract/modular.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { invertPublic } from './invert.ts';

/** The field of both forms: 2^255 − 19. */
export const P = (1n << 255n) - 19n;
const Fp = Field(P);
const Y_MASK = (1n << 255n) - 1n;

/** d of −x² + y² = 1 + d·x²·y² (RFC 8032 §5.1). */
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;

/** The y of an encoded Ed25519 point, not checked; above it is the sign bit of x. */
export function readEdwardsY(point: Uint8Array): bigint {
  return bytesToNumberLE(point) & Y_MASK;
}

/** u coordinate of an Ed25519 point, which was checked at import: its y is canonical and not 1. */
export function edwardsToMontgomery(point: Uint8Array): Uint8Array {
  const y = readEdwardsY(point);
  return numberToBytesLE(Fp.mul(Fp.add(Fp.ONE, y), invertPublic(Fp.sub(Fp.ONE, y), P)), 32);
}

/**
 * An Ed25519 point whose u coordinate is the given one: y = (u − 1) / (u + 1), sign bit 0. Whoever agrees by it uses y
 * alone, so the sign is free.
 */
export function montgomeryToEdwards(u: Uint8Array): Uint8Array {
  const x = bytesToNumberLE(u) & Y_MASK;
  return numberToBytesLE(Fp.mul(Fp.sub(x, Fp.ONE), invertPublic(Fp.add(x, Fp.ONE), P)), 32);
}

/**
 * Whether a point other than (0, ±1) has this y, 0 ≤ y < P: x² = (y² − 1) / (d·y² + 1) is then a square, and with it the product of the
 * two, which is found out without dividing (Euler's criterion). For public values only.
 */
export function hasEdwardsX(y: bigint): boolean {
  const square = Fp.sqr(y);
  return raiseToHalf(Fp.mul(Fp.sub(square, Fp.ONE), Fp.add(Fp.mul(D, square), Fp.ONE))) === Fp.ONE;
}

/** n^((P − 1) / 2): 1 for a square, −1 for another number, 0 for 0. Each name tells the exponent; eN is 2^N − 1. */
function raiseToHalf(n: bigint): bigint {
  const square = Fp.sqr(n);
  const e2 = Fp.mul(square, n);
  const e4 = Fp.mul(pow2(e2, 2n, P), e2);
  const e5 = Fp.mul(pow2(e4, 1n, P), n);
  const e10 = Fp.mul(pow2(e5, 5n, P), e5);
  const e20 = Fp.mul(pow2(e10, 10n, P), e10);
  const e40 = Fp.mul(pow2(e20, 20n, P), e20);
  const e80 = Fp.mul(pow2(e40, 40n, P), e40);
  const e160 = Fp.mul(pow2(e80, 80n, P), e80);
  const e240 = Fp.mul(pow2(e160, 80n, P), e80);
  const e250 = Fp.mul(pow2(e240, 10n, P), e10);
  return Fp.mul(pow2(e250, 4n, P), Fp.mul(pow2(n, 2n, P), square)); // 2^254 − 16 + 4 + 2
}
