/**
 * The two forms of one curve. Ed25519 keys agree on secrets as X25519 keys: u = (1 + y) / (1 − y), and the scalar is the
 * clamped first half of SHA-512 of the seed (RFC 7748 §4.1, RFC 8032 §5.1.5). Field arithmetic is noble's, but for the inversion.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { invertPublic } from './invert.ts';

const Fp = ed25519.Point.Fp;
const Y_MASK = (1n << 255n) - 1n;

/** u coordinate of an Ed25519 point, which was checked at import: its y is canonical and not 1. */
export function edwardsToMontgomery(point: Uint8Array): Uint8Array {
  const y = bytesToNumberLE(point) & Y_MASK;
  return numberToBytesLE(Fp.mul(Fp.add(Fp.ONE, y), invertPublic(Fp.sub(Fp.ONE, y), Fp.ORDER)), 32);
}

/**
 * An Ed25519 point whose u coordinate is the given one: y = (u − 1) / (u + 1), sign bit 0. Whoever agrees by it uses y
 * alone, so the sign is free.
 */
export function montgomeryToEdwards(u: Uint8Array): Uint8Array {
  const x = bytesToNumberLE(u) & Y_MASK;
  return numberToBytesLE(Fp.mul(Fp.sub(x, Fp.ONE), invertPublic(Fp.add(x, Fp.ONE), Fp.ORDER)), 32);
}
