/** A key store over the storage that apps of the official client bring along (`keyEntryStorage`). */
import { base64ToBytes, bytesToBase64 } from '@sotto/core';
import { checkEntryName } from './platform/key-entry.ts';
import type { KeyEntry, KeyStore, OfficialStorage } from './ports.ts';
import { storageError } from './storage-errors.ts';
import { createTaskQueue } from './platform/task-queue.ts';

/** The official interface, as far as it is used here. Values are base64. */
export interface KeyEntryStorage {
  load(name: string): Promise<StoredKeyEntry | null>;
  save(entry: { name: string; value: string; meta?: Record<string, string> }): Promise<StoredKeyEntry>;
  update(entry: { name: string; value?: string; meta?: Record<string, string> }): Promise<StoredKeyEntry>;
  exists(name: string): Promise<boolean>;
  remove(name: string): Promise<boolean>;
  list(): Promise<StoredKeyEntry[]>;
}

export interface StoredKeyEntry {
  readonly name: string;
  readonly value: string;
  readonly meta?: Record<string, string>;
  readonly creationDate: Date;
  readonly modificationDate: Date;
}

/** How durable it is, and whether it is encrypted, is the app's doing. Its locks hold within this process alone. */
export function createKeyStoreOver(storage: KeyEntryStorage): KeyStore {
  const queue = createTaskQueue();
  return {
    async load(name) {
      const entry = await storage.load(name);
      return entry === null ? undefined : toKeyEntry(entry);
    },
    async save(name, value, meta = {}) {
      checkEntryName(name);
      const entry = { name, value: bytesToBase64(value), meta: { ...meta } };
      return toKeyEntry((await storage.exists(name)) ? await storage.update(entry) : await storage.save(entry));
    },
    remove: (name) => storage.remove(name),
    list: async () => (await storage.list()).map(toKeyEntry),
    withLock: (name, task) => queue.run(name, task),
  };
}

/** The same storage, as what the official client has left in it. */
export function toOfficialStorage(storage: KeyEntryStorage): OfficialStorage {
  const store = createKeyStoreOver(storage);
  return {
    load: async (identity) => (await store.load(identity))?.value,
    remove: async (identity) => {
      await store.remove(identity);
    },
  };
}

function toKeyEntry({ name, value, meta = {}, creationDate, modificationDate }: StoredKeyEntry): KeyEntry {
  try {
    return {
      name,
      value: base64ToBytes(value),
      meta,
      createdAt: creationDate.getTime(),
      modifiedAt: modificationDate.getTime(),
    };
  } catch (cause) {
    throw storageError('storage/damaged', { cause });
  }
}
