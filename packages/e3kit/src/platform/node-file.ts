/** The key store of a Node program in encrypted files. */
import { webcrypto } from 'node:crypto';
import type { Passphrase, PassphraseChange } from '../passphrase-key.ts';
import type { KeyStore } from '../ports.ts';
import { openEncryptedStore, openStoreRoot } from './node-encrypted-store.ts';
import { createBytesSource, createKeyFileSource } from './node-key-sources.ts';
import { changeStorePassphrase } from './node-store-header.ts';
import type { EncryptedStoreOptions } from './node-store-options.ts';
import { createPassphraseSource } from './passphrase-source.ts';
import type { KeySource } from './store-header.ts';

export interface FileKeyStoreOptions extends EncryptedStoreOptions {
  readonly key: FileStoreKey;
}

/**
 * `bytes`: 32 random bytes that the caller keeps elsewhere. `passphrase`: stretched with Argon2id when the store opens, for
 * which the process stands still (docs/spec/key-store.md §2.3). `key-file`: a random key in the same directory, which is
 * obfuscation, no protection: whoever reads the directory reads the keys.
 */
export type FileStoreKey =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'passphrase' } & Passphrase)
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

/**
 * Has another passphrase open the store in `directory` from now on: one write, so that at every moment one of the two opens
 * it. Entries stay as they are, and so does the key under them: whoever has a former copy opens that with the former passphrase.
 *
 * @throws `storage/wrong-key`, `storage/damaged`, `storage/unavailable`, `storage/full`, `storage/locked`,
 * `storage/bad-argument`
 */
export async function changeFilePassphrase({
  directory,
  lockTimeoutMs,
  ...change
}: Omit<EncryptedStoreOptions, 'clock'> & PassphraseChange): Promise<void> {
  const { root } = await openStoreRoot(directory, lockTimeoutMs);
  await changeStorePassphrase(root, change);
}

function createKeySource(key: FileStoreKey, directory: string): KeySource {
  switch (key.kind) {
    case 'bytes':
      return createBytesSource(key.bytes);
    case 'passphrase':
      return createPassphraseSource(webcrypto, key);
    case 'key-file':
      return createKeyFileSource(directory);
  }
}
