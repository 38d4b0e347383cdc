/**
 * Where a page's key store has its keys from: two that the browser made and hands to nobody, or the head of a store that a
 * passphrase opens. A store has one of both.
 */
import { storageError } from '../storage-errors.ts';
import type { WebCrypto } from './browser-globals.ts';
import { type Connection, resultOf, type StoreOf } from './indexeddb-database.ts';
import { createEntryKeys, type EntryKeys } from './indexeddb-entry.ts';

/**
 * Finds the keys of the store behind a connection, or makes them where there is no store yet.
 * @throws `storage/damaged` if only the keys are gone, `storage/wrong-key`
 */
export type UnlockStore = (crypto: WebCrypto, connection: Connection) => Promise<EntryKeys>;

/** The records of the object store `keys`. */
export interface KeyRecords {
  readonly 'entry-keys'?: unknown;
  /** Text, as in `store-header.ts`. */
  readonly header?: unknown;
}

export const unlockWithBrowserKeys: UnlockStore = async (crypto, connection) => {
  const found = await readKeyRecords(connection);
  const kept = hasKeys(found) ? found : await keepKeyRecord(connection, 'entry-keys', await createEntryKeys(crypto));
  if (kept.header !== undefined) throw storageError('storage/wrong-key', { details: { storeKind: 'passphrase' } });
  return parseKeys(kept['entry-keys']);
};

export function readKeyRecords(connection: Connection): Promise<KeyRecords> {
  return connection.transact({ stores: ['keys'], mode: 'readonly' }, readFrom);
}

/** Keeps what was made, unless another tab was faster; gives back what is there then. */
export function keepKeyRecord(connection: Connection, name: keyof KeyRecords, made: unknown): Promise<KeyRecords> {
  const options = { stores: ['keys', 'entries'], mode: 'readwrite', durability: 'strict' } as const;
  return connection.transact(options, async (store) => {
    const former = await readFrom(store);
    if (hasKeys(former)) return former;
    if ((await resultOf(store('entries').count())) > 0) throw damagedKeys();
    await resultOf(store('keys').put(made, name));
    return { [name]: made };
  });
}

export function hasKeys(records: KeyRecords): boolean {
  return records['entry-keys'] !== undefined || records.header !== undefined;
}

async function readFrom(store: StoreOf): Promise<KeyRecords> {
  const get = (name: keyof KeyRecords): Promise<unknown> => resultOf(store('keys').get(name));
  const [entryKeys, header] = await Promise.all([get('entry-keys'), get('header')]);
  return { 'entry-keys': entryKeys, header };
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
