/** The client in a page or a worker: Web Crypto, IndexedDB, fetch. */
import type { CryptoProvider } from '@sotto/core';
import { createWebProvider } from '@sotto/core/web';
import { EThreeBase } from './e3kit.ts';
import { type EThreeOptions, openSession, type Platform } from './open-session.ts';
import { DEFAULT_STORAGE_NAME } from './storage-name.ts';
import { findWebCrypto } from './platform/browser-globals.ts';
import { createFetchHttp } from './platform/fetch-http.ts';
import { createIndexedDbCardCache } from './platform/indexeddb-card-cache.ts';
import { createIndexedDbKeyStore } from './platform/indexeddb-key-store.ts';
import { createIndexedDbOfficialStorage } from './platform/indexeddb-official-storage.ts';
import { wait } from './platform/wait.ts';

let webProvider: Promise<CryptoProvider> | undefined;

const browserPlatform: Platform = {
  /** Pages without HTTPS and React Native have no Web Crypto. They need a key store of their own, but no provider. */
  openProvider: async () => {
    const crypto = findWebCrypto();
    if (!crypto) return (await import('@sotto/core/noble')).nobleProvider;
    webProvider ??= createWebProvider(crypto);
    return webProvider;
  },
  http: createFetchHttp(),
  clock: Date.now,
  wait,
  openKeyStore: async ({ storageName = DEFAULT_STORAGE_NAME }) => createIndexedDbKeyStore({ name: storageName }),
  openOfficialStorage: createIndexedDbOfficialStorage,
  openCardCache: async ({ storageName = DEFAULT_STORAGE_NAME }) => createIndexedDbCardCache({ name: storageName }),
  openGroupStore: async (name) =>
    (await import('./platform/indexeddb-group-store.ts')).createIndexedDbGroupStore({ name }),
  toBytes: (bytes) => bytes,
};

export class EThree extends EThreeBase {
  /**
   * The client of the user whom the token names. `getToken` fetches one from the app's backend.
   * @throws ArgumentError (a TypeError) if `getToken` is no function; `platform/insecure-context` without HTTPS, unless a
   * `keyStore` is given; `token/*`, `usage/*`, `storage/*`
   */
  static async initialize(getToken?: () => Promise<string>, options: EThreeOptions = {}): Promise<EThree> {
    return new EThree(await openSession(getToken, options, browserPlatform));
  }
}

export { createIndexedDbCardCache, type IndexedDbCardCacheOptions } from './platform/indexeddb-card-cache.ts';
export {
  changeIndexedDbPassphrase,
  createIndexedDbKeyStore,
  type IndexedDbKeyStore,
  type IndexedDbKeyStoreOptions,
} from './platform/indexeddb-key-store.ts';
