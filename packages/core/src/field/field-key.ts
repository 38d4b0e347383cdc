/**
 * Encrypts each field under a key of its own, which follows from the content key, the document, its revision and the place: elsewhere
 * the ciphertext does not open. The nonce follows with it, which is safe since no such key is used twice: a content key
 * serves one revision of one document. Source: docs/spec/fields.md §4.
 */
import { concatBytes, joinBytes, utf8ToBytes } from '../encoding/bytes.ts';
import type { BodyOptions, CryptoProvider } from '../provider/port.ts';

const INFO = utf8ToBytes('SOTTO-FIELDS-1-FIELD');

/** The fields of one revision of a document. */
export interface FieldCipher {
  encrypt(contentKey: Uint8Array, pointer: string, plaintext: Uint8Array): Promise<Uint8Array>;
  /** @throws `envelope/undecryptable` */
  decrypt(contentKey: Uint8Array, pointer: string, ciphertext: Uint8Array): Promise<Uint8Array>;
}

export function createFieldCipher(
  provider: CryptoProvider,
  { documentId, revision }: { readonly documentId: string; readonly revision: number },
): FieldCipher {
  const prefix = concatBytes(INFO, lengthPrefixed(documentId), uint64(revision));
  const deriveKey = async (contentKey: Uint8Array, pointer: string): Promise<BodyOptions> => {
    const derived = await provider.hkdf(contentKey, 44, { info: concatBytes(prefix, lengthPrefixed(pointer)) });
    return { key: derived.subarray(0, 32), nonce: derived.subarray(32) };
  };
  return {
    encrypt: async (contentKey, pointer, plaintext) =>
      joinBytes(await provider.encryptBody(await deriveKey(contentKey, pointer), [plaintext])),
    decrypt: async (contentKey, pointer, ciphertext) =>
      provider.decryptBody(await deriveKey(contentKey, pointer), ciphertext),
  };
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
