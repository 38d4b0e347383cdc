/** Stores that last as long as the process: for tests, for short-lived jobs, and where nothing may touch the disk. */
import type { CardCache, Clock, KeyEntry, KeyStore } from '../ports.ts';
import { checkEntryName, copyKeyEntry, createKeyEntry } from './key-entry.ts';
import { createTaskQueue } from './task-queue.ts';

export function createMemoryKeyStore({ clock = Date.now }: { readonly clock?: Clock } = {}): KeyStore {
  const entries = new Map<string, KeyEntry>();
  const locks = createTaskQueue();

  return {
    async load(name) {
      checkEntryName(name);
      const entry = entries.get(name);
      return entry && copyKeyEntry(entry);
    },
    async save(name, value, meta = {}) {
      checkEntryName(name);
      const entry = createKeyEntry({ name, value, meta }, entries.get(name), clock);
      entries.set(name, entry);
      return copyKeyEntry(entry);
    },
    async remove(name) {
      checkEntryName(name);
      return entries.delete(name);
    },
    async list() {
      return Array.from(entries.values(), copyKeyEntry);
    },
    async withLock(name, task) {
      checkEntryName(name);
      return locks.run(name, task);
    },
  };
}

export function createMemoryCardCache(): CardCache {
  const texts = new Map<string, string>();

  return {
    async read(name) {
      return texts.get(name);
    },
    async write(written) {
      for (const [name, text] of written) texts.set(name, text);
    },
    async remove(name) {
      return texts.delete(name);
    },
    async list() {
      return [...texts.keys()];
    },
  };
}
