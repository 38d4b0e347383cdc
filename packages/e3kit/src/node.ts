/** The client on Node: node:crypto, the system's keychain or an encrypted file, fetch. */
import type { DerivedPasswords } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import type { Data } from './data.ts';
import { EThreeBase } from './e3kit.ts';
import { type EThreeOptions, openSession, type Platform } from './open-session.ts';
import { DEFAULT_STORAGE_NAME } from './storage-name.ts';
import { createFetchHttp } from './platform/fetch-http.ts';
import { createFileCardCache } from './platform/node-card-cache.ts';
import { openNodeKeyStore } from './platform/node-default.ts';
import { createFileGroupStore } from './platform/node-group-store.ts';
import { createFileOfficialStorage } from './platform/node-official-storage.ts';
import { wait } from './platform/wait.ts';

const KEY_FILE_WARNING =
  'This system has no keychain, so the key that encrypts the private keys lies in a file beside them: whoever reads the folder reads both. Pass keyStore: (await openNodeKeyStore({ key })).store to protect them.';

const nodePlatform: Platform = {
  openProvider: async () => nodeProvider,
  http: createFetchHttp(),
  clock: Date.now,
  wait,
  openKeyStore: async ({ storageName = DEFAULT_STORAGE_NAME }) => {
    const { store, kind } = await openNodeKeyStore({ storageName });
    if (kind === 'key-file') process.emitWarning(KEY_FILE_WARNING, { code: 'SOTTO_KEY_FILE' });
    return store;
  },
  openOfficialStorage: createFileOfficialStorage,
  openCardCache: ({ storageName = DEFAULT_STORAGE_NAME }) => createFileCardCache({ directory: `${storageName}-cards` }),
  openGroupStore: async (directory) => createFileGroupStore({ directory }),
  toBytes: ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength),
};

export class EThree extends EThreeBase {
  /**
   * The client of the user whom the token names. `getToken` fetches one from the app's backend.
   * @throws ArgumentError (a TypeError) if `getToken` is no function; `token/*`, `usage/*`, `storage/*`
   */
  static async initialize(getToken?: () => Promise<string>, options: EThreeOptions = {}): Promise<EThree> {
    return new EThree(await openSession(getToken, options, nodePlatform));
  }

  /** As Buffers. */
  static override derivePasswords(password: Data): DerivedPasswords {
    const { loginPassword, backupPassword } = super.derivePasswords(password);
    return { loginPassword: Buffer.from(loginPassword), backupPassword: Buffer.from(backupPassword) };
  }
}

export { createFileCardCache } from './platform/node-card-cache.ts';
export { createFileGroupStore, type FileGroupStoreOptions } from './platform/node-group-store.ts';
export { type NodeKeyStore, type NodeKeyStoreOptions, openNodeKeyStore } from './platform/node-default.ts';
export { changeFilePassphrase, createFileKeyStore } from './platform/node-file.ts';
export { createKeychainKeyStore } from './platform/keychain.ts';
export { authDecryptPath, authEncryptPath, type DecryptPathOptions, type EncryptPathOptions } from './file/paths.ts';
export { openPath, type PathFile, writePath } from './platform/node-path.ts';
