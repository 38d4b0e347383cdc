/**
 * The database of one storage name, with the key store and the card cache in it. Its connection is opened when it is
 * first used and opened anew when it was lost: the user cleared the site's data, another tab upgrades the database, or
 * Safari ended the process behind it (https://bugs.webkit.org/show_bug.cgi?id=197050).
 */
import { storageError } from '../storage-errors.ts';
import {
  browserGlobals,
  type IdbDatabase,
  type IdbDurability,
  type IdbFactory,
  type IdbMode,
  type IdbObjectStore,
  type IdbRequest,
} from './browser-globals.ts';
import { isBrowserError, isQuotaExceeded, toStorageError } from './indexeddb-errors.ts';

export type StoreName = 'keys' | 'entries' | 'facts';

export interface Database {
  /**
   * Runs `task` on a connection; once more, on a new one, if the browser refuses, so that it must be safe to repeat.
   * @throws `storage/full`, `storage/unavailable`, `storage/locked`
   */
  use<T>(task: (connection: Connection) => Promise<T>): Promise<T>;
}

export interface Connection {
  /**
   * Runs `body` in a transaction, and resolves when that is committed. `body` awaits nothing but requests, or the
   * transaction would end under it, and does not throw after it has written.
   */
  transact<T>(options: TransactionOptions, body: (store: StoreOf) => Promise<T>): Promise<T>;
}

export interface TransactionOptions<Name extends string = StoreName> {
  readonly stores: readonly Name[];
  readonly mode: IdbMode;
  /** `strict`: on disk when committed. Without it a power cut may undo what was committed last. */
  readonly durability?: IdbDurability | undefined;
}

export type StoreOf<Name extends string = StoreName> = (name: Name) => IdbObjectStore;

const VERSION = 1;
const STORES: readonly StoreName[] = ['keys', 'entries', 'facts'];

/** Shares no name with other databases of the page: the official client calls its own by the bare storage name. */
export function nameDatabase(storageName: string): string {
  return `sotto:${storageName}`;
}

/** `openTimeoutMs` limits the wait for tabs that keep the database from being upgraded or deleted. */
export function createDatabase(name: string, openTimeoutMs: number): Database {
  let current: Promise<OpenConnection> | undefined;

  const connect = (): Promise<OpenConnection> => {
    if (current) return current;
    const forget = () => {
      if (current === opening) current = undefined;
    };
    const opening = open(name, openTimeoutMs, forget);
    opening.catch(forget);
    current = opening;
    return opening;
  };

  const attempt = async <T>(task: (connection: Connection) => Promise<T>): Promise<Attempt<T>> => {
    const connection = await connect();
    try {
      return { value: await task(connection) };
    } catch (error) {
      if (!isBrowserError(error) || isQuotaExceeded(error)) throw error;
      connection.close();
      return { failure: error };
    }
  };

  return {
    async use(task) {
      try {
        let outcome = await attempt(task);
        if ('failure' in outcome) outcome = await attempt(task);
        if ('failure' in outcome) throw outcome.failure;
        return outcome.value;
      } catch (error) {
        throw toStorageError(error);
      }
    },
  };
}

type Attempt<T> = { readonly value: T } | { readonly failure: DOMException };

interface OpenConnection extends Connection {
  close(): void;
}

/** `onLost` is called when the connection is of no more use. */
async function open(name: string, timeoutMs: number, onLost: () => void): Promise<OpenConnection> {
  const database = await openDatabase(requireIndexedDb(), name, timeoutMs);
  const close = () => {
    onLost();
    // Transactions that have begun are finished all the same.
    database.close();
  };
  // Another tab upgrades or deletes the database, and waits until we let go.
  database.onversionchange = close;
  database.onclose = onLost;
  return { close, transact: (options, body) => transact(database, options, body) };
}

function requireIndexedDb(): IdbFactory {
  const { indexedDB } = browserGlobals();
  if (!indexedDB) throw storageError('storage/unavailable', { details: { reason: 'no IndexedDB' } });
  return indexedDB;
}

function openDatabase(indexedDb: IdbFactory, name: string, timeoutMs: number): Promise<IdbDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDb.open(name, VERSION);
    let isTooLate = false;
    const timer = setTimeout(() => {
      isTooLate = true;
      reject(storageError('storage/locked'));
    }, timeoutMs);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) for (const store of STORES) request.result.createObjectStore(store);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error ?? failed());
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      if (isTooLate) request.result.close();
      else resolve(request.result);
    };
  });
}

/** For the type alone: whatever fails has an error. */
function failed(): DOMException {
  return new DOMException('The request failed.', 'UnknownError');
}

/** As that of a connection, for any database. */
export async function transact<T, Name extends string>(
  database: IdbDatabase,
  { stores, mode, durability = 'default' }: TransactionOptions<Name>,
  body: (store: StoreOf<Name>) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction(stores, mode, { durability });
  const committed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('The connection was lost.', 'AbortError'));
  });
  // If the body fails, nobody waits for it.
  committed.catch(() => {});
  try {
    const value = await body((name) => transaction.objectStore(name));
    await committed;
    return value;
  } catch (error) {
    // Requests say that they were aborted, the transaction why.
    throw transaction.error ?? error;
  }
}

/** The result of a request. */
export function resultOf<T>(request: IdbRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? failed());
  });
}
