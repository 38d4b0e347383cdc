/**
 * The head of an encrypted key store: one JSON file that says how its key is found, and lets a wrong key be told from
 * a missing entry. It is written once, with the store, and decides from then on what kind of store the directory is.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { equalBytes, utf8ToBytes } from '@sotto/core';
import { storageError } from '../storage-errors.ts';
import type { EntryKeys } from './node-entry-file.ts';
import type { NodeFolder } from './node-folder.ts';

export type StoreKind = 'bytes' | 'passphrase' | 'key-file' | 'keychain';

/** Where the key of a store comes from. */
export interface KeySource {
  readonly kind: StoreKind;
  /** A key of 32 bytes for a new store, and what must be known to find it again. `storeId` is random, 32 hex digits. */
  create(storeId: string): Promise<{ readonly key: Uint8Array; readonly parameters: KeyParameters }>;
  /** The key of an existing store. @throws `storage/wrong-key`, `storage/unavailable`, `storage/damaged` */
  find(storeId: string, parameters: KeyParameters): Promise<Uint8Array>;
}

/** Not secret, but checked against the key. */
export type KeyParameters = Readonly<Record<string, number>>;

interface StoreFacts {
  readonly format: typeof currentFormat;
  readonly id: string;
  readonly kind: StoreKind;
  readonly parameters: KeyParameters;
}

interface StoreHeader extends StoreFacts {
  /** HMAC-SHA-256 over the facts, hex. */
  readonly check: string;
}

const headerFile = 'key-store.json';
const anyFormat = 'sotto-key-store/';
const currentFormat = `${anyFormat}1`;
const kinds: readonly string[] = ['bytes', 'passphrase', 'key-file', 'keychain'] satisfies StoreKind[];

/** What kind of store the directory holds, or undefined if none was made there yet. @throws `storage/damaged` */
export async function readStoreKind(root: NodeFolder): Promise<StoreKind | undefined> {
  const bytes = await root.read(headerFile);
  return bytes && parseHeader(bytes).kind;
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
  return header ? findKeys(header, source) : createStore(root, source, hasEntries);
}

async function createStore(
  root: NodeFolder,
  source: KeySource,
  hasEntries: () => Promise<boolean>,
): Promise<EntryKeys> {
  let keys: StoreKeys | undefined;
  await root.update(headerFile, async (former) => {
    if (former) {
      // Another process was faster.
      keys = await findKeys(former, source);
      return former;
    }
    if (await hasEntries()) throw storageError('storage/damaged', { details: { file: headerFile, reason: 'missing' } });
    const id = randomBytes(16).toString('hex');
    const { key, parameters } = await source.create(id);
    const facts: StoreFacts = { format: currentFormat, id, kind: source.kind, parameters };
    keys = deriveKeys(key, id);
    const header: StoreHeader = { ...facts, check: computeCheck(keys, facts) };
    return utf8ToBytes(`${JSON.stringify(header)}\n`);
  });
  return keys as StoreKeys;
}

async function findKeys(headerBytes: Uint8Array, source: KeySource): Promise<StoreKeys> {
  const { check, ...facts } = parseHeader(headerBytes);
  if (facts.kind !== source.kind) {
    throw storageError('storage/wrong-key', { details: { storeKind: facts.kind, givenKind: source.kind } });
  }
  const keys = deriveKeys(await source.find(facts.id, facts.parameters), facts.id);
  if (!equalBytes(utf8ToBytes(check), utf8ToBytes(computeCheck(keys, facts)))) throw storageError('storage/wrong-key');
  return keys;
}

interface StoreKeys extends EntryKeys {
  readonly check: KeyObject;
}

/** Salted with the store's id, so that files of one store mean nothing to another that was given the same key. */
function deriveKeys(key: Uint8Array, storeId: string): StoreKeys {
  const derive = (purpose: string) =>
    createSecretKey(
      new Uint8Array(hkdfSync('sha256', key, Buffer.from(storeId, 'hex'), `${currentFormat} ${purpose}`, 32)),
    );
  return { content: derive('content'), names: derive('names'), check: derive('check') };
}

function computeCheck(keys: StoreKeys, { format, id, kind, parameters }: StoreFacts): string {
  return createHmac('sha256', keys.check).update(JSON.stringify({ format, id, kind, parameters })).digest('hex');
}

function parseHeader(bytes: Uint8Array): StoreHeader {
  const header = parseJson(bytes);
  const { format } = header;
  if (typeof format === 'string' && format.startsWith(anyFormat) && format !== currentFormat) {
    throw storageError('storage/unavailable', { details: { file: headerFile, reason: 'written by another version' } });
  }
  if (format !== currentFormat || !isHeader(header)) throw damagedHeader();
  return header;
}

function parseJson(bytes: Uint8Array): Partial<Record<keyof StoreHeader, unknown>> {
  try {
    // Null, numbers and texts are valid JSON too; all of them lack the fields, once they are objects.
    return Object(JSON.parse(Buffer.from(bytes).toString())) as Partial<Record<keyof StoreHeader, unknown>>;
  } catch (cause) {
    throw damagedHeader(cause);
  }
}

function isHeader(header: Partial<Record<keyof StoreHeader, unknown>>): header is StoreHeader {
  const { id, kind, parameters, check } = header;
  return (
    typeof id === 'string' &&
    /^[0-9a-f]{32}$/.test(id) &&
    typeof kind === 'string' &&
    kinds.includes(kind) &&
    typeof check === 'string' &&
    typeof parameters === 'object' &&
    parameters !== null &&
    Object.values(parameters).every((value) => typeof value === 'number')
  );
}

function damagedHeader(cause?: unknown) {
  return storageError('storage/damaged', { details: { file: headerFile }, cause });
}
