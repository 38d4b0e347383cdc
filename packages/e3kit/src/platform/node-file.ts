/** The key store of a Node program in encrypted files. */
import type { KeyStore } from '../ports.ts';
import { openEncryptedStore } from './node-encrypted-store.ts';
import type { EncryptedStoreOptions } from './node-store-options.ts';
import { createBytesSource, createKeyFileSource, createPassphraseSource } from './node-key-sources.ts';
import type { KeySource } from './node-store-header.ts';

export interface FileKeyStoreOptions extends EncryptedStoreOptions {
  readonly key: FileStoreKey;
}

/**
 * `bytes`: 32 random bytes that the caller keeps elsewhere. `passphrase`: stretched with scrypt, about half a second
 * when the store opens. `key-file`: a random key in the same directory, which is obfuscation, no protection: whoever
 * reads the directory reads the keys.
 */
export type FileStoreKey =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key-file' };

/**
 * Opens the encrypted store in `directory`, or makes it. A store can only be opened with the kind of key that it was
 * made with.
 *
 * @throws `storage/wrong-key`, `storage/damaged`, `storage/unavailable`, `storage/full`, `storage/locked`,
 * `storage/bad-argument`
 */
export async function createFileKeyStore({ key, ...options }: FileKeyStoreOptions): Promise<KeyStore> {
  return openEncryptedStore(options, createKeySource(key, options.directory));
}

function createKeySource(key: FileStoreKey, directory: string): KeySource {
  switch (key.kind) {
    case 'bytes':
      return createBytesSource(key.bytes);
    case 'passphrase':
      return createPassphraseSource(key.passphrase);
    case 'key-file':
      return createKeyFileSource(directory);
  }
}
