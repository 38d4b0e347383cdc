/**
 * One entry of the browser's key store, the same bytes as a file on Node (docs/spec/key-store.md §3.1), under keys that
 * no script can read.
 */
import type { webcrypto } from 'node:crypto';
import { bytesToHex, bytesToUtf8, concatBytes, utf8ToBytes } from '@sotto/core';
import type { KeyEntry } from '../ports.ts';
import { storageError } from '../storage-errors.ts';
import type { WebCrypto } from './browser-globals.ts';

export interface EntryKeys {
  /** AES-256-GCM: encrypts entries. */
  readonly content: webcrypto.CryptoKey;
  /** HMAC-SHA-256: hashes names, so that the database does not tell whose keys it holds. */
  readonly names: webcrypto.CryptoKey;
}

const FORMAT = utf8ToBytes('SOTTO-KEY\x01');
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const HEAD_LENGTH_BYTES = 4;

/** New keys that can be used and stored, not exported. */
export async function createEntryKeys({ subtle }: WebCrypto): Promise<EntryKeys> {
  const [content, names] = await Promise.all([
    subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  ]);
  return { content, names };
}

/** 64 hex digits, the same for the same name only. UTF-16, because UTF-8 has one form for all lone surrogates. */
export async function hashName({ subtle }: WebCrypto, { names }: EntryKeys, name: string): Promise<string> {
  const mac = await subtle.sign('HMAC', names, concatBytes(utf8ToBytes('entry\0'), toUtf16(name)));
  return bytesToHex(new Uint8Array(mac));
}

/** `id` is the hash of the entry's name: it is authenticated, so that an entry moved to another name is refused. */
export async function sealEntry(crypto: WebCrypto, keys: EntryKeys, id: string, entry: KeyEntry): Promise<Uint8Array> {
  const { value, ...fields } = entry;
  const head = utf8ToBytes(JSON.stringify(fields));
  const headLength = new Uint8Array(HEAD_LENGTH_BYTES);
  new DataView(headLength.buffer).setUint32(0, head.length);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
  const plaintext = concatBytes(headLength, head, value);
  const body = await crypto.subtle.encrypt(toAlgorithm(nonce, id), keys.content, plaintext);
  return concatBytes(FORMAT, nonce, new Uint8Array(body));
}

/** @throws `storage/damaged` unless `sealed` was stored under `id` with these keys */
export async function openEntry(crypto: WebCrypto, keys: EntryKeys, id: string, sealed: unknown): Promise<KeyEntry> {
  const plaintext = await decrypt(crypto, keys, id, sealed);
  const headLength = new DataView(plaintext.buffer, plaintext.byteOffset).getUint32(0);
  const valueStart = HEAD_LENGTH_BYTES + headLength;
  // Authenticated, so it has the shape that sealEntry gave it.
  const fields = JSON.parse(bytesToUtf8(plaintext.subarray(HEAD_LENGTH_BYTES, valueStart))) as Omit<KeyEntry, 'value'>;
  return { ...fields, value: plaintext.slice(valueStart) };
}

async function decrypt({ subtle }: WebCrypto, keys: EntryKeys, id: string, sealed: unknown): Promise<Uint8Array> {
  if (!(sealed instanceof Uint8Array)) throw damaged();
  const nonceEnd = FORMAT.length + NONCE_LENGTH;
  const algorithm = toAlgorithm(sealed.slice(FORMAT.length, nonceEnd), id);
  try {
    return new Uint8Array(await subtle.decrypt(algorithm, keys.content, sealed.subarray(nonceEnd)));
  } catch (cause) {
    throw damaged(cause);
  }
}

function toAlgorithm(iv: Uint8Array, id: string): webcrypto.AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: concatBytes(FORMAT, utf8ToBytes(id)), tagLength: 8 * TAG_LENGTH };
}

function toUtf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), true);
  return bytes;
}

function damaged(cause?: unknown) {
  return storageError('storage/damaged', { details: { reason: 'entry' }, cause });
}
