/** The card cache of a page: text by name, as all of it is public. */
import type { CardCache } from '../ports.ts';
import { storageError } from '../storage-errors.ts';
import { createDatabase, nameDatabase, resultOf } from './indexeddb-database.ts';

export interface IndexedDbCardCacheOptions {
  /** That of the key store, if there is one: both lie in one database. */
  readonly name: string;
  /** How long to wait for a tab that keeps an old version open: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
}

const READ = { stores: ['facts'], mode: 'readonly' } as const;
// Not strict, which costs a flush per card: after a power cut an older fact is there, and is brought up to date as
// when it was first seen.
const WRITE = { stores: ['facts'], mode: 'readwrite', durability: 'relaxed' } as const;

/**
 * Opens nothing yet: the first call does.
 * All calls reject with `storage/unavailable`, `storage/full`, `storage/locked`, `storage/damaged`.
 */
export function createIndexedDbCardCache({
  name: storageName,
  lockTimeoutMs = 60_000,
}: IndexedDbCardCacheOptions): CardCache {
  const database = createDatabase(nameDatabase(storageName), lockTimeoutMs);

  return {
    read(name) {
      return database.use(async (connection) => {
        const text = await connection.transact(READ, (store) => resultOf(store('facts').get(name)));
        if (text === undefined || typeof text === 'string') return text;
        throw storageError('storage/damaged', { details: { reason: 'fact' } });
      });
    },
    async write(texts) {
      await database.use((connection) =>
        connection.transact(WRITE, async (store) => {
          await Promise.all(Array.from(texts, ([name, text]) => resultOf(store('facts').put(text, name))));
        }),
      );
    },
    remove(name) {
      return database.use((connection) =>
        connection.transact(WRITE, async (store) => {
          const isThere = (await resultOf(store('facts').count(name))) > 0;
          await resultOf(store('facts').delete(name));
          return isThere;
        }),
      );
    },
    list() {
      return database.use((connection) => connection.transact(READ, (store) => resultOf(store('facts').getAllKeys())));
    },
  };
}
