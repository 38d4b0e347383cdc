/**
 * The checks that a key passes once, when it is imported: its encoding is the only one for its value, its point is on the
 * curve, and the point is not of small order, so that no key of an attacker makes a shared secret or a signature
 * predictable. Source: docs/spec/keys.md §3.
 */
import { Field } from '@noble/curves/abstract/modular.js';
import { bytesToNumberBE, bytesToNumberLE } from '@noble/curves/utils.js';
import { coreError, type SdkError } from '../errors.ts';
import { hasEdwardsX, P, readEdwardsY } from '../provider/curve25519.ts';
import type { PublicComponent } from '../provider/port.ts';

/** y coordinates of the points of order 1, 2, 4 and 8 on Ed25519 (canonical ones): those of the u coordinates below. */
const SMALL_ORDER_Y = new Set([
  1n,
  P - 1n,
  0n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

/** u coordinates of the points of order 1, 2, 4 and 8 on Curve25519 and its twist (RFC 7748 §6.1, canonical ones). */
const SMALL_ORDER_U = new Set([
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/** The field of P-256, and b of y² = x³ − 3x + b. noble's P-256 would double what a page has to load. */
const P256 = Field(0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn);
const P256_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

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

/** RFC 8032 §5.1.3. That x = 0 has no sign is without use here: both points of that x are of small order. */
function checkEd25519(bytes: Uint8Array): void {
  const y = readEdwardsY(bytes);
  if (y >= P) throw invalid('the coordinate is not reduced');
  if (SMALL_ORDER_Y.has(y)) throw invalid('the point has small order');
  if (!hasEdwardsX(y)) throw invalid('the point is not on the curve');
}

function checkX25519(bytes: Uint8Array): void {
  const u = bytesToNumberLE(bytes);
  if (u >= P) throw invalid('the coordinate is not reduced');
  if (SMALL_ORDER_U.has(u)) throw invalid('the point has small order');
}

/** That the point satisfies the equation of the curve (SEC 2 §2.4.2); with a cofactor of 1 no point on it is of small order. */
function checkP256(bytes: Uint8Array): void {
  const [x, y] = [bytesToNumberBE(bytes.subarray(1, 33)), bytesToNumberBE(bytes.subarray(33))];
  if (bytes.length !== 65 || bytes[0] !== 4) throw invalid('the point is not in uncompressed form');
  if (x >= P256.ORDER || y >= P256.ORDER) throw invalid('the coordinates are not reduced');
  const right = P256.add(P256.mul(x, P256.sub(P256.sqr(x), 3n)), P256_B);
  if (P256.sqr(y) !== right) throw invalid('the point is not on the curve');
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
