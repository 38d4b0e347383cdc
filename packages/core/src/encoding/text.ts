/**
 * Bytes as text: base64 (RFC 4648 §4, padded), base64url (§5, unpadded) and lower-case hex. Readers are strict: one text
 * stands for one byte string, so wrong padding, white space and leftover bits are refused. Hex alone is read in either case.
 */
import { bytesToHex, hexToBytes as nobleHexToBytes } from '@noble/hashes/utils.js';
import { coreError } from '../errors.ts';

export { bytesToHex };

// Alphabet and ending apart: a pattern over groups of four overflows the stack of the engine on texts of some megabytes.
const BASE64_ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;
const BASE64URL_ALPHABET = /^[A-Za-z0-9_-]*$/;
const BASE64_ENDING = /^(?:[^=]{4}|[^=]{2}[AEIMQUYcgkosw048]=|[^=][AQgw]==)?$/;
const CHUNK = 0x8000; // String.fromCharCode takes its bytes as arguments, and their number is limited

interface NativeBase64 {
  toBase64?(): string;
}

/** The platform's Buffer where there is one (Node): several times faster than atob on long texts. */
const NodeBuffer = (globalThis as { Buffer?: typeof Buffer }).Buffer;

export function bytesToBase64(bytes: Uint8Array): string {
  if (NodeBuffer) return NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const native = bytes as Uint8Array & NativeBase64;
  if (native.toBase64) return native.toBase64();
  let binary = '';
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(binary);
}

/** @throws `encoding/base64` */
export function base64ToBytes(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !BASE64_ALPHABET.test(text) || !BASE64_ENDING.test(text.slice(-4)))
    throw coreError('encoding/base64');
  return decode(text);
}

export function bytesToBase64Url(bytes: Uint8Array): string {
  return bytesToBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws `encoding/base64` */
export function base64UrlToBytes(text: string): Uint8Array {
  if (!BASE64URL_ALPHABET.test(text)) throw coreError('encoding/base64');
  return base64ToBytes(text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4));
}

/** @throws `encoding/hex` */
export function hexToBytes(text: string): Uint8Array {
  try {
    return nobleHexToBytes(text);
  } catch (cause) {
    throw coreError('encoding/hex', { cause });
  }
}

function decode(base64: string): Uint8Array {
  if (NodeBuffer) {
    const decoded = NodeBuffer.from(base64, 'base64');
    // A copy of its own: a small Buffer is a window onto a pool that other values share.
    return new Uint8Array(decoded);
  }
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
