/** What callers hand in: text or bytes. Text is UTF-8 where it is plain and base64 where it is encrypted. */
import { base64ToBytes, hexToBytes, utf8ToBytes } from '@sotto/core';
import { ArgumentError } from './errors.ts';

export type Bytes = Uint8Array | ArrayBuffer;

/** Bytes written as text, as the official client takes them. */
export interface EncodedData {
  readonly value: string;
  readonly encoding: 'utf8' | 'base64' | 'hex';
}

export type Data = string | Bytes | EncodedData;

const DECODERS = { utf8: utf8ToBytes, base64: base64ToBytes, hex: hexToBytes } as const;

/** The bytes of `data`; a string is read as `textEncoding` says. @throws `usage/argument`, `encoding/*` */
export function dataToBytes(data: Data, textEncoding: 'utf8' | 'base64'): Uint8Array {
  if (typeof data === 'string') return DECODERS[textEncoding](data);
  if (data instanceof Uint8Array) return data;
  if (isArrayBuffer(data)) return new Uint8Array(data);
  if (
    typeof data === 'object' &&
    data !== null &&
    typeof data.value === 'string' &&
    Object.hasOwn(DECODERS, data.encoding)
  ) {
    return DECODERS[data.encoding](data.value);
  }
  throw new ArgumentError('Data is a string, a Uint8Array, an ArrayBuffer or { value, encoding }.');
}

/** By its tag: an ArrayBuffer may come from another realm (a frame, a test runner). */
function isArrayBuffer(data: unknown): data is ArrayBuffer {
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]';
}
