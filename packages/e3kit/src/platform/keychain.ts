/**
 * The key store of a Node program whose key lies in the system's keychain: macOS Keychain, Windows Credential Manager,
 * or the Secret Service of a Linux desktop (GNOME Keyring, KWallet, KeePassXC).
 *
 * The keychain keeps one random key of 32 bytes per store, and the entries lie in encrypted files under it. Windows
 * takes 2,560 bytes per credential, less than a key ring with its history; keychains cannot replace several values
 * as one; and each access may ask the user.
 */
import { randomBytes } from 'node:crypto';
import type { AsyncEntry } from '@napi-rs/keyring';
import { base64ToBytes, bytesToBase64 } from '@sotto/core';
import type { KeyStore } from '../ports.ts';
import { storageError } from '../storage-errors.ts';
import { openEncryptedStore } from './node-encrypted-store.ts';
import type { EncryptedStoreOptions } from './node-store-options.ts';
import { keyLength } from './node-key-sources.ts';
import type { KeySource } from './store-header.ts';

export interface KeychainKeyStoreOptions extends EncryptedStoreOptions {
  /** Under which name the user finds the key in the keychain: the app's. */
  readonly service: string;
}

/**
 * Opens the store in `directory`, or makes it with a new key in the keychain. The user may be asked to unlock that.
 *
 * @throws `storage/unavailable` where there is no keychain or it stays locked, `storage/wrong-key` if it holds no key
 * for this store, and what `createFileKeyStore` throws
 */
export async function createKeychainKeyStore({ service, ...options }: KeychainKeyStoreOptions): Promise<KeyStore> {
  return openEncryptedStore(options, createKeychainSource(service));
}

function createKeychainSource(service: string): KeySource {
  return {
    kind: 'keychain',
    async create(storeId) {
      const key = randomBytes(keyLength);
      await useKeychain(service, storeId, (entry) => entry.setPassword(bytesToBase64(key)));
      return { key, parameters: {} };
    },
    async find(storeId) {
      const text = await useKeychain(service, storeId, (entry) => entry.getPassword());
      if (text === null) throw storageError('storage/wrong-key', { details: { service, account: storeId } });
      return parseKey(text);
    },
  };
}

/**
 * The package is optional and loaded when used, since its binaries do not exist for all systems. On Linux it is held
 * to the Secret Service: left alone it would fall back to the kernel's keyring, which forgets all at the next start.
 */
async function useKeychain<T>(service: string, account: string, action: (entry: AsyncEntry) => Promise<T>): Promise<T> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return await action(new AsyncEntry(service, account, { linux: { store: 'secret-service' } }));
  } catch (cause) {
    throw storageError('storage/unavailable', { details: { reason: 'keychain' }, cause });
  }
}

function parseKey(text: string): Uint8Array {
  try {
    const key = base64ToBytes(text);
    if (key.length === keyLength) return key;
  } catch {
    // Somebody edited it by hand; told below.
  }
  throw storageError('storage/wrong-key', { details: { reason: 'the keychain holds something else' } });
}
