/** Signatures that neither side's calls make, put together by hand. Source: docs/spec/signature.md. */
import { concatBytes, type HashName, hexToBytes } from '@sotto/core';

const HASH_ALGORITHM: Readonly<Record<HashName, string>> = {
  'SHA-224': '300d06096086480165030402040500',
  'SHA-256': '300d06096086480165030402010500',
  'SHA-384': '300d06096086480165030402020500',
  'SHA-512': '300d06096086480165030402030500',
};

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The two numbers of an ECDSA signature on P-256. */
export interface Ecdsa {
  readonly r: bigint;
  readonly s: bigint;
}

/** A bare signature, and the hash that it is over. */
export function joinSignature(hash: HashName, raw: Uint8Array): Uint8Array {
  return derOf(0x30, hexToBytes(HASH_ALGORITHM[hash]), derOf(0x04, raw));
}

export function ecdsaToRaw({ r, s }: Ecdsa): Uint8Array {
  return derOf(0x30, derOfNumber(r), derOfNumber(s));
}

/** From r ‖ s, 32 bytes each. */
export function p1363ToEcdsa(bytes: Uint8Array): Ecdsa {
  return { r: toNumber(bytes.subarray(0, 32)), s: toNumber(bytes.subarray(32)) };
}

/** The other signature that is good for the same data: (r, −s). */
export function negate({ r, s }: Ecdsa): Ecdsa {
  return { r, s: P256_ORDER - s };
}

export function hasHighS({ s }: Ecdsa): boolean {
  return s > P256_ORDER / 2n;
}

/** Whether a number is a byte or more shorter than most. */
export function isShort(number: bigint): boolean {
  return number < 1n << 248n;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function derOfNumber(number: bigint): Uint8Array {
  const digits = number.toString(16);
  const bytes = hexToBytes(digits.padStart(digits.length + (digits.length % 2), '0'));
  return derOf(0x02, bytes[0]! < 0x80 ? bytes : concatBytes(Uint8Array.of(0), bytes));
}

/** With a content of less than 64 KiB. */
function derOf(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.of(tag, ...head), content);
}
