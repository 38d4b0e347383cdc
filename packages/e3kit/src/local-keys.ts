/** The key ring of this user on this device: kept in memory once read, written through. */
import { type CryptoProvider, importPrivateKey } from '@sotto/core';
import { EMPTY_KEY_RING, type KeyRing, keyRingName, loadKeyRing, saveKeyRing } from './key-ring.ts';
import type { KeyStore } from './ports.ts';

export interface LocalKeys {
  /** As last read or written by this client. */
  get(): Promise<KeyRing>;
  /** Read anew: another tab or process may have changed it. */
  reload(): Promise<KeyRing>;
  save(ring: KeyRing): Promise<void>;
  remove(): Promise<void>;
  /** Runs `task` while no other tab or process of this user runs one. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
}

export function createLocalKeys(
  provider: CryptoProvider,
  store: KeyStore,
  user: { readonly appId: string; readonly identity: string },
): LocalKeys {
  const name = keyRingName(user);
  let kept: KeyRing | undefined;
  const reload = async (): Promise<KeyRing> => {
    kept = (await loadKeyRing(provider, store, name)) ?? (await loadOfficialKey(provider, store, user.identity));
    return kept;
  };
  return {
    get: async () => kept ?? reload(),
    reload,
    async save(ring) {
      await saveKeyRing(store, name, ring);
      kept = ring;
    },
    async remove() {
      await store.remove(name);
      await store.remove(user.identity);
      kept = EMPTY_KEY_RING;
    },
    exclusively: (task) => store.withLock(name, task),
  };
}

/** The key that the official client keeps under the bare identity, in the storage that its app brings along. */
async function loadOfficialKey(provider: CryptoProvider, store: KeyStore, identity: string): Promise<KeyRing> {
  const entry = await store.load(identity);
  return entry ? { current: await importPrivateKey(provider, entry.value), former: [] } : EMPTY_KEY_RING;
}
