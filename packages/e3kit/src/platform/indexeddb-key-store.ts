/**
 * The key store of a page. Entries are encrypted under keys that the browser keeps and hands to nobody, so that a copy
 * of the profile's database or of an entry opens nothing elsewhere. Script of the same origin can use the store as we
 * do: nothing in a page is safe from it.
 */
import { equalBytes } from '@sotto/core';
import type { Clock, KeyEntry, KeyStore } from '../ports.ts';
import { storageError } from '../storage-errors.ts';
import { createChangeChannel } from './browser-changes.ts';
import { requireWebCrypto, type WebCrypto } from './browser-globals.ts';
import { askForPersistence, isPersisted } from './browser-persistence.ts';
import { type Connection, createDatabase, nameDatabase, resultOf } from './indexeddb-database.ts';
import { createEntryKeys, type EntryKeys, hashName, openEntry, sealEntry } from './indexeddb-entry.ts';
import { checkEntryName, copyKeyEntry, createKeyEntry } from './key-entry.ts';
import { createWebLocks } from './web-locks.ts';

export interface IndexedDbKeyStoreOptions {
  /** The store of an app, one per origin and name. */
  readonly name: string;
  /** How long to wait for another holder of a lock, or for a tab that keeps an old version open: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
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
 * `storage/full`, `storage/locked`, and `storage/damaged`.
 */
export function createIndexedDbKeyStore({
  name: storageName,
  lockTimeoutMs = 60_000,
  clock = Date.now,
}: IndexedDbKeyStoreOptions): IndexedDbKeyStore {
  const databaseName = nameDatabase(storageName);
  const database = createDatabase(databaseName, lockTimeoutMs);
  const locks = createWebLocks(databaseName, lockTimeoutMs);
  const changes = createChangeChannel(databaseName);
  // By connection, since the store behind a new one may be another: the user has cleared the site's data.
  const keysByConnection = new WeakMap<Connection, EntryKeys>();

  const use = async <T>(task: (opened: Opened) => Promise<T>): Promise<T> => {
    const crypto = requireWebCrypto();
    return database.use(async (connection) => {
      const keys = keysByConnection.get(connection) ?? (await unlockStore(crypto, connection));
      keysByConnection.set(connection, keys);
      return task({ crypto, connection, keys });
    });
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

const KEYS_RECORD = 'entry-keys';

/** The keys of the store, made if there are none. @throws `storage/damaged` if only the keys are gone */
async function unlockStore(crypto: WebCrypto, connection: Connection): Promise<EntryKeys> {
  const found = await connection.transact({ stores: ['keys'], mode: 'readonly' }, (store) =>
    resultOf(store('keys').get(KEYS_RECORD)),
  );
  if (found !== undefined) return parseKeys(found);
  const made = await createEntryKeys(crypto);
  const options = { stores: ['keys', 'entries'], mode: 'readwrite', durability: 'strict' } as const;
  const kept = await connection.transact(options, async (store) => {
    // Another tab may have been faster.
    const former = await resultOf(store('keys').get(KEYS_RECORD));
    if (former !== undefined) return former;
    if ((await resultOf(store('entries').count())) > 0) throw damagedKeys();
    await resultOf(store('keys').put(made, KEYS_RECORD));
    return made;
  });
  return parseKeys(kept);
}

/** Safari gives null for keys whose own key is gone from the system's keychain. */
function parseKeys(record: unknown): EntryKeys {
  const { content, names } = Object(record) as Partial<EntryKeys>;
  if (content?.type !== 'secret' || names?.type !== 'secret') throw damagedKeys();
  return { content, names };
}

function damagedKeys() {
  return storageError('storage/damaged', { details: { reason: 'keys' } });
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
