/**
 * The head of an encrypted key store, one line of JSON: how the key of the store is found, and a check by which a wrong key
 * is told from a missing entry. On Node it is a file, in a browser a record. Source: docs/spec/key-store.md §2.
 */
import type { webcrypto } from 'node:crypto';
import { bytesToHex, equalBytes, hexToBytes, utf8ToBytes } from '@sotto/core';
import { storageError } from '../storage-errors.ts';
import type { WebCrypto } from './browser-globals.ts';

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
export type KeyParameters = Readonly<Record<string, number | string>>;

export interface StoreFacts {
  readonly format: typeof FORMAT;
  /** 32 hex digits. */
  readonly id: string;
  readonly kind: StoreKind;
  readonly parameters: KeyParameters;
}

/** 32 bytes each. */
export interface StoreKeys {
  /** Encrypts entries. */
  readonly content: Uint8Array;
  /** Hashes names. */
  readonly names: Uint8Array;
  /** Proves the head. */
  readonly check: Uint8Array;
}

export interface OpenedHeader {
  readonly facts: StoreFacts;
  /** The key of the store, 32 bytes. */
  readonly key: Uint8Array;
  readonly keys: StoreKeys;
}

interface StoreHeader extends StoreFacts {
  /** HMAC-SHA-256 over the facts, hex. */
  readonly check: string;
}

const ANY_FORMAT = 'sotto-key-store/';
export const FORMAT = `${ANY_FORMAT}1`;
const KINDS: readonly string[] = ['bytes', 'passphrase', 'key-file', 'keychain'] satisfies StoreKind[];
const ID_LENGTH = 16;

/** The head of a new store, and what its key gives. */
export async function createHeader(
  crypto: WebCrypto,
  source: KeySource,
): Promise<{ readonly text: string; readonly keys: StoreKeys }> {
  const id = bytesToHex(crypto.getRandomValues(new Uint8Array(ID_LENGTH)));
  const { key, parameters } = await source.create(id);
  const facts: StoreFacts = { format: FORMAT, id, kind: source.kind, parameters };
  const keys = await deriveKeys(crypto, key, id);
  return { text: await encodeHeader(crypto, { facts, keys }), keys };
}

/** @throws `storage/wrong-key` if the store was made with another key or kind of key, `storage/damaged` */
export async function openHeader(crypto: WebCrypto, text: string, source: KeySource): Promise<OpenedHeader> {
  const { check, ...facts } = parseHeader(text);
  if (facts.kind !== source.kind) {
    throw storageError('storage/wrong-key', { details: { storeKind: facts.kind, givenKind: source.kind } });
  }
  const key = await source.find(facts.id, facts.parameters);
  const keys = await deriveKeys(crypto, key, facts.id);
  const expected = await computeCheck(crypto, keys, facts);
  if (!equalBytes(utf8ToBytes(check), utf8ToBytes(expected))) throw storageError('storage/wrong-key');
  return { facts, key, keys };
}

/** The line that is kept. */
export async function encodeHeader(
  crypto: WebCrypto,
  { facts, keys }: Pick<OpenedHeader, 'facts' | 'keys'>,
): Promise<string> {
  const header: StoreHeader = { ...facts, check: await computeCheck(crypto, keys, facts) };
  return `${JSON.stringify(header)}\n`;
}

/** What can be told without the key. @throws `storage/damaged`, `storage/unavailable` for another version */
export function parseHeader(text: string): StoreHeader {
  const header = parseJson(text);
  const { format } = header;
  if (typeof format === 'string' && format.startsWith(ANY_FORMAT) && format !== FORMAT) {
    throw storageError('storage/unavailable', { details: { reason: 'written by another version' } });
  }
  if (format !== FORMAT || !isHeader(header)) throw damagedHeader();
  return header;
}

/** Salted with the store's id, so that entries of one store mean nothing to another that was given the same key. */
async function deriveKeys({ subtle }: WebCrypto, key: Uint8Array, storeId: string): Promise<StoreKeys> {
  const base = await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
  const salt = hexToBytes(storeId);
  const derive = async (purpose: string): Promise<Uint8Array> => {
    const info = utf8ToBytes(`${FORMAT} ${purpose}`);
    return new Uint8Array(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, base, 256));
  };
  const [content, names, check] = await Promise.all(['content', 'names', 'check'].map(derive));
  return { content: content!, names: names!, check: check! };
}

async function computeCheck(
  { subtle }: WebCrypto,
  keys: StoreKeys,
  { format, id, kind, parameters }: StoreFacts,
): Promise<string> {
  const algorithm: webcrypto.HmacImportParams = { name: 'HMAC', hash: 'SHA-256' };
  const key = await subtle.importKey('raw', keys.check, algorithm, false, ['sign']);
  const facts = utf8ToBytes(JSON.stringify({ format, id, kind, parameters }));
  return bytesToHex(new Uint8Array(await subtle.sign('HMAC', key, facts)));
}

function parseJson(text: string): Partial<Record<keyof StoreHeader, unknown>> {
  try {
    // Null, numbers and texts are valid JSON too; all of them lack the fields, once they are objects.
    return Object(JSON.parse(text)) as Partial<Record<keyof StoreHeader, unknown>>;
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
    KINDS.includes(kind) &&
    typeof check === 'string' &&
    typeof parameters === 'object' &&
    parameters !== null &&
    Object.values(parameters).every((value) => typeof value === 'number' || typeof value === 'string')
  );
}

function damagedHeader(cause?: unknown) {
  return storageError('storage/damaged', { details: { reason: 'head' }, cause });
}
