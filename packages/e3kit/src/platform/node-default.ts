/** The key store that a Node program gets when it does not choose one. */
import { resolve } from 'node:path';
import { isSdkError } from '@sotto/core';
import type { KeyStore } from '../ports.ts';
import { storageError } from '../storage-errors.ts';
import { createKeychainKeyStore } from './keychain.ts';
import { openStoreRoot } from './node-encrypted-store.ts';
import type { EncryptedStoreOptions } from './node-store-options.ts';
import { createFileKeyStore, type FileStoreKey } from './node-file.ts';
import { readStoreKind } from './node-store-header.ts';
import type { StoreKind } from './store-header.ts';

export interface NodeKeyStoreOptions extends Omit<EncryptedStoreOptions, 'directory'> {
  /** Name of the store's directory in the working directory, `.virgil-local-storage` by default as in Virgil's client. */
  readonly storageName?: string | undefined;
  /** The store's directory, instead of `storageName`. */
  readonly directory?: string | undefined;
  /** What encrypts a store where there is no keychain. Without it the key lies beside the store. */
  readonly key?: Exclude<FileStoreKey, { kind: 'key-file' }> | undefined;
  /** Whether to use the system's keychain; true by default. */
  readonly keychain?: boolean | undefined;
  /** The app's name in the keychain, `sotto` by default. */
  readonly service?: string | undefined;
}

export interface NodeKeyStore {
  readonly store: KeyStore;
  /** `key-file` protects nothing: tell the user. */
  readonly kind: 'keychain' | 'file' | 'key-file';
  readonly directory: string;
}

/**
 * Opens a store as it was made, else makes one: with the system's keychain where there is one, else with `key`, else
 * with a key file. An existing store never changes its kind: if its keychain is locked today, that is an error, not a
 * new and empty store.
 *
 * @throws `storage/wrong-key` also if a `key` was given and the store does not need one: its caller expects protection
 */
export async function openNodeKeyStore(options: NodeKeyStoreOptions = {}): Promise<NodeKeyStore> {
  const { storageName = '.virgil-local-storage', directory = storageName, service = 'sotto', ...rest } = options;
  const place = { ...rest, directory: resolve(directory), service };
  const { root } = await openStoreRoot(place.directory, rest.lockTimeoutMs);
  const kind = await readStoreKind(root);
  return kind ? openAs(kind, place) : makeBestStore(place);
}

interface Place extends NodeKeyStoreOptions {
  readonly directory: string;
  readonly service: string;
}

async function makeBestStore(place: Place): Promise<NodeKeyStore> {
  if (place.keychain !== false) {
    try {
      return await openAs('keychain', place);
    } catch (error) {
      if (!isSdkError(error, 'storage/unavailable') || error.details['reason'] !== 'keychain') throw error;
    }
  }
  return openAs(place.key?.kind ?? 'key-file', place);
}

async function openAs(kind: StoreKind, place: Place): Promise<NodeKeyStore> {
  const { directory, key } = place;
  switch (kind) {
    case 'keychain':
      if (place.keychain === false) throw storageError('storage/unavailable', { details: { reason: 'keychain' } });
      return { store: await createKeychainKeyStore(place), kind, directory };
    case 'bytes':
    case 'passphrase':
      if (key === undefined) throw storageError('storage/wrong-key', { details: { storeKind: kind } });
      return { store: await createFileKeyStore({ ...place, key }), kind: 'file', directory };
    case 'key-file':
      if (key !== undefined) throw storageError('storage/wrong-key', { details: { storeKind: kind } });
      return { store: await createFileKeyStore({ ...place, key: { kind } }), kind, directory };
  }
}
