/** The head of a store in a directory, `key-store.json`. It decides what kind of store the directory is. */
import { createSecretKey, webcrypto } from 'node:crypto';
import { utf8ToBytes } from '@sotto/core';
import type { PassphraseChange } from '../passphrase-key.ts';
import { storageError } from '../storage-errors.ts';
import type { EntryKeys } from './node-entry-file.ts';
import type { NodeFolder } from './node-folder.ts';
import { changePassphrase } from './passphrase-source.ts';
import {
  createHeader,
  type KeySource,
  openHeader,
  parseHeader,
  type StoreKeys,
  type StoreKind,
} from './store-header.ts';

const headerFile = 'key-store.json';

/** What kind of store the directory holds, or undefined if none was made there yet. @throws `storage/damaged` */
export async function readStoreKind(root: NodeFolder): Promise<StoreKind | undefined> {
  const bytes = await root.read(headerFile);
  return bytes && parseHeader(toText(bytes)).kind;
}

/**
 * The keys of the store in `root`, which is made if there is none.
 * @throws `storage/wrong-key` if it was made with another key or kind of key, `storage/damaged` if only its head is gone
 */
export async function unlockStore(
  root: NodeFolder,
  source: KeySource,
  hasEntries: () => Promise<boolean>,
): Promise<EntryKeys> {
  const header = await root.read(headerFile);
  return toEntryKeys(header ? await findKeys(header, source) : await createStore(root, source, hasEntries));
}

/** Replaces the head by one that another passphrase opens. @throws `storage/unavailable` where there is no store */
export async function changeStorePassphrase(root: NodeFolder, change: PassphraseChange): Promise<void> {
  await root.update(headerFile, async (former) => {
    if (!former) throw storageError('storage/unavailable', { details: { reason: 'no store' } });
    return utf8ToBytes(await changePassphrase(webcrypto, toText(former), change));
  });
}

async function createStore(
  root: NodeFolder,
  source: KeySource,
  hasEntries: () => Promise<boolean>,
): Promise<StoreKeys> {
  let keys: StoreKeys | undefined;
  await root.update(headerFile, async (former) => {
    if (former) {
      // Another process was faster.
      keys = await findKeys(former, source);
      return former;
    }
    if (await hasEntries()) throw storageError('storage/damaged', { details: { file: headerFile, reason: 'missing' } });
    const made = await createHeader(webcrypto, source);
    keys = made.keys;
    return utf8ToBytes(made.text);
  });
  return keys as StoreKeys;
}

async function findKeys(header: Uint8Array, source: KeySource): Promise<StoreKeys> {
  const { keys } = await openHeader(webcrypto, toText(header), source);
  return keys;
}

function toEntryKeys({ content, names }: StoreKeys): EntryKeys {
  return { content: createSecretKey(content), names: createSecretKey(names) };
}

/** What is no UTF-8 fails where it is parsed. */
function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
