/**
 * The key store of a page. Entries are encrypted under keys that the browser keeps and hands to nobody, so that a copy
 * of the database or of an entry opens nothing elsewhere; or under a passphrase, so that a copy of the whole profile does
 * not. Script of the same origin can use the store as we do: nothing in a page is safe from it.
 */
import { equalBytes } from '@sotto/core';
import type { Clock, KeyEntry, KeyStore } from '../ports.ts';
import { createChangeChannel } from './browser-changes.ts';
import { requireWebCrypto, type WebCrypto } from './browser-globals.ts';
import { askForPersistence, isPersisted } from './browser-persistence.ts';
import { type Connection, createDatabase, nameDatabase, resultOf } from './indexeddb-database.ts';
import { type EntryKeys, hashName, openEntry, sealEntry } from './indexeddb-entry.ts';
import { type UnlockStore, unlockWithBrowserKeys } from './indexeddb-keys.ts';
import type { IndexedDbPassphraseChange } from './indexeddb-passphrase.ts';
import { checkEntryName, copyKeyEntry, createKeyEntry } from './key-entry.ts';
import type { Passphrase } from '../passphrase-key.ts';
import { createWebLocks } from './web-locks.ts';

export interface IndexedDbKeyStoreOptions {
  /** The store of an app, one per origin and name. */
  readonly name: string;
  /** How long to wait for another holder of a lock, or for a tab that keeps an old version open: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /**
   * What encrypts the store instead of keys that the browser keeps. Stretched with Argon2id at the first call, for which the
   * page stands still (docs/spec/key-store.md §2.3). A store has one of both for good.
   */
  readonly key?: ({ readonly kind: 'passphrase' } & Passphrase) | undefined;
}

export interface IndexedDbKeyStore extends KeyStore {
  /**
   * Whether the browser has agreed to keep the store when it runs short of space. It is asked when the first key is
   * saved. If not, tell users to make a backup.
   */
  isPersisted(): Promise<boolean>;
  onChange(listener: () => void): () => void;
}

/** What each call works with. */
interface Opened {
  readonly crypto: WebCrypto;
  readonly connection: Connection;
  readonly keys: EntryKeys;
}

/**
 * Opens nothing yet: the first call does, and makes the store if there is none.
 *
 * All calls reject with `storage/unavailable` where the browser has no IndexedDB, forbids it, or cannot keep a
 * `CryptoKey` in it (`details.reason` is the browser's name for it), `platform/insecure-context` without HTTPS,
 * `storage/full`, `storage/locked`, `storage/damaged`, `storage/wrong-key`, and `storage/bad-argument`.
 */
export function createIndexedDbKeyStore({
  name: storageName,
  lockTimeoutMs = 60_000,
  clock = Date.now,
  key,
}: IndexedDbKeyStoreOptions): IndexedDbKeyStore {
  const databaseName = nameDatabase(storageName);
  const database = createDatabase(databaseName, lockTimeoutMs);
  const locks = createWebLocks(databaseName, lockTimeoutMs);
  const changes = createChangeChannel(databaseName);
  // By connection, since the store behind a new one may be another: the user has cleared the site's data.
  const keysByConnection = new WeakMap<Connection, Promise<EntryKeys>>();
  const unlock = key ? unlockWith(key) : unlockWithBrowserKeys;

  const keysOf = (crypto: WebCrypto, connection: Connection): Promise<EntryKeys> => {
    const known = keysByConnection.get(connection);
    if (known) return known;
    const unlocking = unlock(crypto, connection);
    unlocking.catch(() => keysByConnection.delete(connection));
    keysByConnection.set(connection, unlocking);
    return unlocking;
  };
  const use = async <T>(task: (opened: Opened) => Promise<T>): Promise<T> => {
    const crypto = requireWebCrypto();
    return database.use(async (connection) => task({ crypto, connection, keys: await keysOf(crypto, connection) }));
  };

  return {
    async load(name) {
      checkEntryName(name);
      return use(async ({ crypto, connection, keys }) => {
        const id = await hashName(crypto, keys, name);
        const sealed = await readEntry(connection, id);
        return sealed === undefined ? undefined : openEntry(crypto, keys, id, sealed);
      });
    },

    async save(name, value, meta = {}) {
      checkEntryName(name);
      // The caller may change its bytes while we wait.
      const fresh = createKeyEntry({ name, value, meta }, undefined, clock);
      const { entry, isNew } = await use((opened) => saveEntry(opened, fresh, clock));
      changes.announce();
      if (isNew) askForPersistence();
      return copyKeyEntry(entry);
    },

    async remove(name) {
      checkEntryName(name);
      const wasThere = await use(async ({ crypto, connection, keys }) =>
        removeEntry(connection, await hashName(crypto, keys, name)),
      );
      if (wasThere) changes.announce();
      return wasThere;
    },

    async list() {
      return use(async ({ crypto, connection, keys }) => {
        const [ids, sealed] = await connection.transact({ stores: ['entries'], mode: 'readonly' }, async (store) => {
          const entries = store('entries');
          return Promise.all([resultOf(entries.getAllKeys()), resultOf(entries.getAll())]);
        });
        return Promise.all(ids.map((id, index) => openEntry(crypto, keys, id, sealed[index])));
      });
    },

    async withLock(name, task) {
      checkEntryName(name);
      return locks.run(name, task);
    },

    onChange: (listener) => changes.subscribe(listener),
    isPersisted,
  };
}

/**
 * Has another passphrase open the store from now on: one transaction, so that at every moment one of the two opens it.
 * Entries stay as they are, and so does the key under them: whoever has a former copy opens that with the former passphrase.
 *
 * @throws as `createIndexedDbKeyStore`
 */
export async function changeIndexedDbPassphrase(change: IndexedDbPassphraseChange): Promise<void> {
  const { changePassphraseIn } = await import('./indexeddb-passphrase.ts');
  await changePassphraseIn(change);
}

/** Loaded by those alone who use it. */
function unlockWith(passphrase: Passphrase): UnlockStore {
  let unlock: UnlockStore | undefined;
  return async (crypto, connection) => {
    const { createPassphraseUnlock } = await import('./indexeddb-passphrase.ts');
    unlock ??= createPassphraseUnlock(passphrase);
    return unlock(crypto, connection);
  };
}

/**
 * Nothing but requests may be awaited in a transaction, so the former entry is opened and the new one sealed outside,
 * and the write begins anew if another came between. What cannot be opened is not overwritten.
 */
async function saveEntry(
  { crypto, connection, keys }: Opened,
  fresh: KeyEntry,
  clock: Clock,
): Promise<{ entry: KeyEntry; isNew: boolean }> {
  const id = await hashName(crypto, keys, fresh.name);
  for (;;) {
    const former = await readEntry(connection, id);
    const formerEntry = former === undefined ? undefined : await openEntry(crypto, keys, id, former);
    const entry = createKeyEntry(fresh, formerEntry, clock);
    const sealed = await sealEntry(crypto, keys, id, entry);
    if (await replaceEntry(connection, id, { former, sealed })) return { entry, isNew: former === undefined };
  }
}

function readEntry(connection: Connection, id: string): Promise<unknown> {
  return connection.transact({ stores: ['entries'], mode: 'readonly' }, (store) => resultOf(store('entries').get(id)));
}

const WRITE = { stores: ['entries'], mode: 'readwrite', durability: 'strict' } as const;

/** Whether the former entry was still there, and was replaced. */
function replaceEntry(
  connection: Connection,
  id: string,
  { former, sealed }: { former: unknown; sealed: Uint8Array },
): Promise<boolean> {
  return connection.transact(WRITE, async (store) => {
    const present = await resultOf(store('entries').get(id));
    if (!isSame(present, former)) return false;
    await resultOf(store('entries').put(sealed, id));
    return true;
  });
}

function removeEntry(connection: Connection, id: string): Promise<boolean> {
  return connection.transact(WRITE, async (store) => {
    const isThere = (await resultOf(store('entries').count(id))) > 0;
    await resultOf(store('entries').delete(id));
    return isThere;
  });
}

/** Whether both are absent, or equal bytes. */
function isSame(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? equalBytes(a, b) : a === b;
}
