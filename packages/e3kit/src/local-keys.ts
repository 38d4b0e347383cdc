/** The key ring of this user on this device: kept in memory once read, until another tab changes it; written through. */
import { type CryptoProvider, importPrivateKey } from '@sotto/core';
import { clientError } from './errors.ts';
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

export function createLocalKeys({
  provider,
  store,
  user,
  officialName,
}: {
  readonly provider: CryptoProvider;
  readonly store: KeyStore;
  readonly user: { readonly appId: string; readonly identity: string };
  /** The name under which the official client keeps its key in this store, if it is a store of that client. */
  readonly officialName?: string | undefined;
}): LocalKeys {
  const name = keyRingName(user);
  let kept: KeyRing | undefined;
  let changes = 0;
  store.onChange?.(() => {
    changes++;
    kept = undefined;
  });
  const reload = async (): Promise<KeyRing> => {
    const before = changes;
    const ring = (await loadKeyRing(provider, store, name)) ?? (await loadOfficialKey(provider, store, officialName));
    if (changes === before) kept = ring; // else it may be older than the change
    return ring;
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
      if (officialName !== undefined) await store.remove(officialName);
      kept = EMPTY_KEY_RING;
    },
    exclusively: (task) => store.withLock(name, task),
  };
}

async function loadOfficialKey(
  provider: CryptoProvider,
  store: KeyStore,
  officialName: string | undefined,
): Promise<KeyRing> {
  const entry = officialName === undefined ? undefined : await store.load(officialName);
  if (!entry) return EMPTY_KEY_RING;
  try {
    return { current: await importPrivateKey(provider, entry.value), former: [] };
  } catch (cause) {
    throw clientError('storage/damaged-key-ring', { cause });
  }
}
