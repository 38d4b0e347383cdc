/**
 * Encrypts one field under a key of its own, which follows from the content key, the document, its revision and the place: elsewhere
 * the ciphertext does not open. The nonce follows with it, which is safe since no such key is used twice: a content key
 * serves one revision of one document. Source: docs/spec/fields.md §4.
 */
import { concatBytes, joinBytes, utf8ToBytes } from '../encoding/bytes.ts';
import type { BodyOptions, CryptoProvider } from '../provider/port.ts';

const INFO = utf8ToBytes('SOTTO-FIELDS-1-FIELD');

export interface FieldPlace {
  readonly contentKey: Uint8Array;
  readonly documentId: string;
  readonly revision: number;
  readonly pointer: string;
}

export async function encryptField(
  provider: CryptoProvider,
  place: FieldPlace,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  return joinBytes(await provider.encryptBody(await deriveKey(provider, place), [plaintext]));
}

/** @throws `envelope/undecryptable` */
export async function decryptField(
  provider: CryptoProvider,
  place: FieldPlace,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  return provider.decryptBody(await deriveKey(provider, place), ciphertext);
}

async function deriveKey(
  provider: CryptoProvider,
  { contentKey, documentId, revision, pointer }: FieldPlace,
): Promise<BodyOptions> {
  const info = concatBytes(INFO, lengthPrefixed(documentId), uint64(revision), lengthPrefixed(pointer));
  const derived = await provider.hkdf(contentKey, 44, { info });
  return { key: derived.subarray(0, 32), nonce: derived.subarray(32) };
}

function lengthPrefixed(text: string): Uint8Array {
  const bytes = utf8ToBytes(text);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concatBytes(length, bytes);
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
