/**
 * The checks that a key passes once, when it is imported: its encoding is the only one for its value, its point is on the
 * curve, and the point is not of small order, so that no key of an attacker makes a shared secret or a signature
 * predictable. Source: docs/spec/keys.md §3.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { bytesToNumberBE, bytesToNumberLE } from '@noble/curves/utils.js';
import { coreError, type SdkError } from '../errors.ts';
import type { PublicComponent } from '../provider/port.ts';

const P = ed25519.Point.Fp.ORDER;

/** u coordinates of the points of order 1, 2, 4 and 8 on Curve25519 and its twist (RFC 7748 §6.1, canonical ones). */
const SMALL_ORDER_U = new Set([
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

const RSA_BITS = { min: 2048, max: 8192 };

/** @throws `key/invalid` */
export function checkComponent(component: PublicComponent): void {
  switch (component.kind) {
    case 'ed25519':
      return checkEd25519(component.bytes);
    case 'x25519':
      return checkX25519(component.bytes);
    case 'p256':
      return checkP256(component.bytes);
    case 'rsa':
      return; // by its numbers, where they are read
  }
}

function checkEd25519(bytes: Uint8Array): void {
  try {
    const point = ed25519.Point.fromBytes(bytes, false); // RFC 8032 §5.1.3: y below p, x exists, no −0
    if (!point.isSmallOrder()) return;
  } catch (cause) {
    throw coreError('key/invalid', { cause });
  }
  throw invalid('the point has small order');
}

function checkX25519(bytes: Uint8Array): void {
  const u = bytesToNumberLE(bytes);
  if (u >= P) throw invalid('the coordinate is not reduced');
  if (SMALL_ORDER_U.has(u)) throw invalid('the point has small order');
}

function checkP256(bytes: Uint8Array): void {
  try {
    p256.Point.fromBytes(bytes).assertValidity();
  } catch (cause) {
    throw coreError('key/invalid', { cause });
  }
}

/** Modulus and exponent as unsigned big-endian bytes. @throws `key/invalid`, `key/unsupported`; returns the size in bits */
export function checkRsaPublic(modulus: Uint8Array, exponent: Uint8Array): number {
  const n = bytesToNumberBE(modulus);
  const e = bytesToNumberBE(exponent);
  const bits = n.toString(2).length;
  if (bits < RSA_BITS.min || bits > RSA_BITS.max) {
    throw coreError('key/unsupported', { details: { reason: 'RSA keys have 2048 to 8192 bits', bits } });
  }
  if (n % 2n === 0n || e < 3n || e % 2n === 0n || e >= 1n << 64n) throw invalid('modulus or exponent out of range');
  return bits;
}

/**
 * That the eight numbers of RFC 8017 §A.1.2 belong together: n = p·q, d belongs to e, and the rest to these. Adapters use
 * different ones of them. @throws `key/invalid`, `key/unsupported`
 */
export function checkRsaPrivate(numbers: readonly Uint8Array[]): void {
  checkRsaPublic(numbers[0]!, numbers[1]!);
  const [n, e, d, p, q, dp, dq, qInverse] = numbers.map((bytes) => bytesToNumberBE(bytes)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  if (p <= 1n || q <= 1n || p * q !== n) throw invalid('the primes do not give the modulus');
  if (d >= n || (e * d) % (p - 1n) !== 1n || (e * d) % (q - 1n) !== 1n)
    throw invalid('the exponents do not belong together');
  if (dp !== d % (p - 1n) || dq !== d % (q - 1n) || qInverse >= p || (qInverse * q) % p !== 1n) {
    throw invalid('the numbers for the Chinese remainder theorem belong to another key');
  }
}

function invalid(reason: string): SdkError {
  return coreError('key/invalid', { details: { reason } });
}
