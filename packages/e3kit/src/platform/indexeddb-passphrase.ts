/** A page's key store whose key a passphrase opens. Its head is the one of a store on Node, as a record of the database. */
import { storageError } from '../storage-errors.ts';
import { requireWebCrypto, type WebCrypto } from './browser-globals.ts';
import { type Connection, createDatabase, nameDatabase, resultOf } from './indexeddb-database.ts';
import type { EntryKeys } from './indexeddb-entry.ts';
import { hasKeys, keepKeyRecord, type KeyRecords, readKeyRecords, type UnlockStore } from './indexeddb-keys.ts';
import type { Passphrase, PassphraseChange } from '../passphrase-key.ts';
import { changePassphrase, createPassphraseSource } from './passphrase-source.ts';
import { createHeader, openHeader, parseHeader, type StoreKeys } from './store-header.ts';

/**
 * Stretches the passphrase once and not for each connection: the keys of a store stay the same, whatever its passphrase.
 * @throws `storage/bad-argument`, and, when called, as `UnlockStore`
 */
export function createPassphraseUnlock(passphrase: Passphrase): UnlockStore {
  let known: { readonly id: string; readonly keys: EntryKeys } | undefined;
  return async (crypto, connection) => {
    const source = createPassphraseSource(crypto, passphrase);
    const found = await readKeyRecords(connection);
    const made = hasKeys(found) ? undefined : await createHeader(crypto, source);
    const text = requireHeader(made ? await keepKeyRecord(connection, 'header', made.text) : found);
    const { id } = parseHeader(text);
    if (known?.id !== id) {
      const { keys } = text === made?.text ? made : await openHeader(crypto, text, source);
      known = { id, keys: await toEntryKeys(crypto, keys) };
    }
    return known.keys;
  };
}

export interface IndexedDbPassphraseChange extends PassphraseChange {
  readonly name: string;
  /** How long to wait for a tab that keeps an old version open: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
}

/** Replaces the head in one transaction, and begins anew if another tab came between. */
export async function changePassphraseIn({
  name,
  lockTimeoutMs = 60_000,
  ...change
}: IndexedDbPassphraseChange): Promise<void> {
  const crypto = requireWebCrypto();
  await createDatabase(nameDatabase(name), lockTimeoutMs).use(async (connection) => {
    let isChanged = false;
    while (!isChanged) {
      const former = requireHeader(await readKeyRecords(connection));
      isChanged = await replaceHeader(connection, former, await changePassphrase(crypto, former, change));
    }
  });
}

const WRITE = { stores: ['keys'], mode: 'readwrite', durability: 'strict' } as const;

/** Whether the former head was still there, and was replaced. */
function replaceHeader(connection: Connection, former: string, text: string): Promise<boolean> {
  return connection.transact(WRITE, async (store) => {
    const record: keyof KeyRecords = 'header';
    if ((await resultOf(store('keys').get(record))) !== former) return false;
    await resultOf(store('keys').put(text, record));
    return true;
  });
}

function requireHeader({ header, ...others }: KeyRecords): string {
  if (others['entry-keys'] !== undefined) {
    throw storageError('storage/wrong-key', { details: { storeKind: 'browser', givenKind: 'passphrase' } });
  }
  if (header === undefined) throw storageError('storage/unavailable', { details: { reason: 'no store' } });
  if (typeof header !== 'string') throw storageError('storage/damaged', { details: { reason: 'head' } });
  return header;
}

/** As keys that no script can export, though it could have done so a moment ago. */
async function toEntryKeys({ subtle }: WebCrypto, { content, names }: StoreKeys): Promise<EntryKeys> {
  const [contentKey, namesKey] = await Promise.all([
    subtle.importKey('raw', content, 'AES-GCM', false, ['encrypt', 'decrypt']),
    subtle.importKey('raw', names, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
  ]);
  return { content: contentKey, names: namesKey };
}
