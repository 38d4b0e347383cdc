/** The key ring of this user on this device: kept in memory once read, until another tab changes it; written through. */
import { type CryptoProvider, importPrivateKey, type PrivateKey } from '@sotto/core';
import { EMPTY_KEY_RING, type KeyRing, keyRingName, loadKeyRing, saveKeyRing } from './key-ring.ts';
import { createListeners } from './listeners.ts';
import type { KeyStore, OfficialStorage } from './ports.ts';
import { storageError } from './storage-errors.ts';

export interface LocalKeys {
  /** As last read or written by this client. */
  get(): Promise<KeyRing>;
  /** Read anew: another tab or process may have changed it. Where there is no ring, the key of the official client counts. */
  reload(): Promise<KeyRing>;
  save(ring: KeyRing): Promise<void>;
  /** Removes the ring, and what the official client has left. */
  remove(): Promise<void>;
  /** The key of the official client, as long as there is no ring. @throws `storage/*` */
  findOfficialKey(): Promise<PrivateKey | undefined>;
  /** Runs `task` while no other tab or process of this user runs one. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** Calls back when the ring has changed, here or in another tab. Gives back how to stop. */
  onChange(listener: () => void): () => void;
}

export function createLocalKeys({
  provider,
  store,
  user,
  official,
}: {
  readonly provider: CryptoProvider;
  readonly store: KeyStore;
  readonly user: { readonly appId: string; readonly identity: string };
  /** Where the official client may have kept the user's key. */
  readonly official?: OfficialStorage | undefined;
}): LocalKeys {
  const name = keyRingName(user);
  let kept: KeyRing | undefined;
  let changes = 0;
  const listeners = createListeners();
  store.onChange?.(() => {
    changes++;
    kept = undefined;
    listeners.notify();
  });
  const loadOfficialKey = async (): Promise<PrivateKey | undefined> => {
    const der = await official?.load(user.identity);
    if (!der) return undefined;
    try {
      return await importPrivateKey(provider, der);
    } catch (cause) {
      throw storageError('storage/unreadable-official-key', { cause });
    }
  };
  const reload = async (): Promise<KeyRing> => {
    const before = changes;
    const ring = (await loadKeyRing(provider, store, name)) ?? { ...EMPTY_KEY_RING, current: await loadOfficialKey() };
    if (changes === before) kept = ring; // else it may be older than the change
    return ring;
  };
  return {
    get: async () => kept ?? reload(),
    reload,
    async save(ring) {
      await saveKeyRing(store, name, ring);
      kept = ring;
      listeners.notify();
    },
    async remove() {
      // In this order: a ring that is gone would let the official key come back.
      await official?.remove(user.identity);
      await store.remove(name);
      kept = EMPTY_KEY_RING;
    },
    findOfficialKey: async () => ((await store.load(name)) ? undefined : loadOfficialKey()),
    exclusively: (task) => store.withLock(name, task),
    onChange: listeners.add,
  };
}

/** Takes note that the backup has the current key. */
export async function markBackedUp(keys: LocalKeys): Promise<void> {
  const { isBackupDue, ...ring } = await keys.get();
  if (isBackupDue) await keys.save(ring);
}
