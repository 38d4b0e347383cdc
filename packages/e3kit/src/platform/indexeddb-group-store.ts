/** The group store of a page: a database of its own, or that of the key store if both have one name. */
import type { GroupStore, GroupStoreUser } from '../ports.ts';
import { storageError } from '../storage-errors.ts';
import { browserGlobals } from './browser-globals.ts';
import { createDatabase, nameDatabase, resultOf } from './indexeddb-database.ts';

export interface IndexedDbGroupStoreOptions {
  readonly name: string;
  /** How long to wait for a tab that keeps an old version open: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
}

const READ = { stores: ['facts'], mode: 'readonly' } as const;
const WRITE = { stores: ['facts'], mode: 'readwrite', durability: 'strict' } as const;

/** Opens nothing yet: the first call does. */
export function createIndexedDbGroupStore({
  name: storageName,
  lockTimeoutMs = 60_000,
}: IndexedDbGroupStoreOptions): GroupStore {
  const database = createDatabase(nameDatabase(storageName), lockTimeoutMs);

  return {
    load(user, sessionId) {
      return database.use(async (connection) => {
        const value = await connection.transact(READ, (store) => resultOf(store('facts').get(toKey(user, sessionId))));
        if (value === undefined || value instanceof Uint8Array) return value;
        throw storageError('storage/damaged', { details: { reason: 'group' } });
      });
    },
    async save(user, sessionId, value) {
      const copy = value.slice(); // the caller may change its bytes while we wait
      await database.use((connection) =>
        connection.transact(WRITE, (store) => resultOf(store('facts').put(copy, toKey(user, sessionId)))),
      );
    },
    remove(user, sessionId) {
      return database.use((connection) =>
        connection.transact(WRITE, async (store) => {
          const isThere = (await resultOf(store('facts').count(toKey(user, sessionId)))) > 0;
          await resultOf(store('facts').delete(toKey(user, sessionId)));
          return isThere;
        }),
      );
    },
    async clear(user) {
      // So that apps that bring all stores along can sign out where there is none, as in React Native.
      if (!browserGlobals().indexedDB) return;
      await database.use((connection) =>
        connection.transact(WRITE, async (store) => {
          const keys = await resultOf(store('facts').getAllKeys());
          const own = keys.filter((key) => key.startsWith(toKey(user, '')));
          await Promise.all(own.map((key) => resultOf(store('facts').delete(key))));
        }),
      );
    },
  };
}

/** No user's prefix begins another's: the JSON of an array ends where its bracket does. */
function toKey({ appId, identity }: GroupStoreUser, sessionId: string): string {
  return JSON.stringify(['group', appId, identity]) + sessionId;
}
