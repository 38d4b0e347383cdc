/** The storage of the official client in a browser: a database of its own. Source: docs/spec/key-store.md §9.2. */
import type { OfficialStorage } from '../ports.ts';
import {
  browserGlobals,
  type IdbDatabase,
  type IdbMode,
  type IdbObjectStore,
  type IdbRequest,
} from './browser-globals.ts';
import { resultOf, transact } from './indexeddb-database.ts';
import { toStorageError } from './indexeddb-errors.ts';
import { parseOfficialEntry } from './official-entry.ts';

const OBJECT_STORE = 'keyvaluepairs';

export function createIndexedDbOfficialStorage(storageName: string): OfficialStorage {
  return {
    async load(identity) {
      const text = await request(storageName, 'readonly', (entries) => entries.get(identity));
      return text === undefined ? undefined : parseOfficialEntry(text, identity);
    },
    async remove(identity) {
      await request(storageName, 'readwrite', (entries) => entries.delete(identity));
    },
  };
}

/** What comes of one request, when it is committed; undefined where there is no such storage. */
async function request(
  storageName: string,
  mode: IdbMode,
  begin: (entries: IdbObjectStore) => IdbRequest,
): Promise<unknown> {
  try {
    const database = await openExisting(storageName);
    if (!database) return undefined;
    try {
      if (!database.objectStoreNames.contains(OBJECT_STORE)) return undefined;
      const options = { stores: [OBJECT_STORE], mode, durability: 'strict' } as const;
      return await transact(database, options, (store) => resultOf(begin(store(OBJECT_STORE))));
    } finally {
      database.close();
    }
  } catch (error) {
    throw toStorageError(error);
  }
}

/** A database that is not there is not made: its making is aborted. */
async function openExisting(name: string): Promise<IdbDatabase | undefined> {
  const { indexedDB } = browserGlobals();
  if (!indexedDB) return undefined;
  const opening = indexedDB.open(name);
  let isThere = true;
  opening.onupgradeneeded = () => {
    isThere = false;
    opening.transaction?.abort();
  };
  try {
    return await resultOf(opening);
  } catch (error) {
    if (!isThere) return undefined;
    throw error;
  }
}
