/**
 * A key store in a directory, under a key from anywhere:
 *
 *     key-store.json   how the key is found, and a check of it
 *     entries/<hash>   one encrypted file per entry, named by a keyed hash of the entry's name
 *     locks/           one directory per lock, empty when nobody holds it
 */
import { join } from 'node:path';
import type { KeyStore } from '../ports.ts';
import { checkEntryName, copyKeyEntry, createKeyEntry } from './key-entry.ts';
import { ensureDirectory } from './node-atomic-write.ts';
import { decodeEntryFile, encodeEntryFile, hashName, isEntryFileName } from './node-entry-file.ts';
import { toStorageError } from './node-errors.ts';
import { type NodeFolder, openNodeFolder } from './node-folder.ts';
import { createNodeLocks, type NodeLocks } from './node-locks.ts';
import { unlockStore } from './node-store-header.ts';
import type { EncryptedStoreOptions } from './node-store-options.ts';
import type { KeySource } from './store-header.ts';

/** Opens the store, or makes it if there is none. */
export async function openEncryptedStore(
  { directory, lockTimeoutMs, clock = Date.now }: EncryptedStoreOptions,
  source: KeySource,
): Promise<KeyStore> {
  const { root, locks } = await openStoreRoot(directory, lockTimeoutMs);
  const entries = await openNodeFolder(join(directory, 'entries'), locks);
  const listEntryFiles = async () => (await entries.list()).filter(isEntryFileName);
  const keys = await unlockStore(root, source, async () => (await listEntryFiles()).length > 0);

  const read = async (file: string) => {
    const bytes = await entries.read(file);
    return bytes && decodeEntryFile(keys, file, bytes);
  };

  return {
    async load(name) {
      checkEntryName(name);
      return read(hashName(keys, 'entry', name));
    },
    async save(name, value, meta = {}) {
      checkEntryName(name);
      // The caller may change its bytes while we wait for the lock.
      let entry = createKeyEntry({ name, value, meta }, undefined, clock);
      const file = hashName(keys, 'entry', name);
      await entries.update(file, (former) => {
        entry = createKeyEntry(entry, former && decodeEntryFile(keys, file, former), clock);
        return encodeEntryFile(keys, entry);
      });
      return copyKeyEntry(entry);
    },
    async remove(name) {
      checkEntryName(name);
      return entries.remove(hashName(keys, 'entry', name));
    },
    async list() {
      const found = await Promise.all((await listEntryFiles()).map(read));
      return found.filter((entry) => entry !== undefined);
    },
    async withLock(name, task) {
      checkEntryName(name);
      return locks.run(hashName(keys, 'lock', name), task);
    },
  };
}

/** The directory itself, with the locks of all that is in it. */
export async function openStoreRoot(
  directory: string,
  lockTimeoutMs?: number,
): Promise<{ root: NodeFolder; locks: NodeLocks }> {
  const lockDirectory = join(directory, 'locks');
  const locks = createNodeLocks(lockDirectory, lockTimeoutMs);
  const root = await openNodeFolder(directory, locks);
  await ensureDirectory(lockDirectory).catch((error: unknown) => {
    throw toStorageError(error, lockDirectory);
  });
  return { root, locks };
}
