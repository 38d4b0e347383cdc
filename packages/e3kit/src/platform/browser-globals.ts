/**
 * What is used of a browser, typed by hand, as a page may lack any of it: no Web Crypto without HTTPS, no IndexedDB in
 * React Native. `lib.dom` says that all of it is always there, and would offer `document` to every module of the client.
 */
import type { webcrypto } from 'node:crypto';
import { storageError } from '../storage-errors.ts';

export interface BrowserGlobals {
  readonly crypto?: Partial<WebCrypto>;
  readonly isSecureContext?: boolean;
  readonly indexedDB?: IdbFactory;
  readonly navigator?: { readonly locks?: LockManager; readonly storage?: StorageManager };
  readonly BroadcastChannel?: new (name: string) => Channel;
  addEventListener?(type: 'pageshow', listener: PageShowListener): void;
  removeEventListener?(type: 'pageshow', listener: PageShowListener): void;
}

export type PageShowListener = (event: { readonly persisted: boolean }) => void;

export interface WebCrypto {
  readonly subtle: webcrypto.SubtleCrypto;
  getRandomValues(bytes: Uint8Array): Uint8Array;
}

export interface IdbFactory {
  open(name: string, version?: number): IdbOpenRequest;
}

export interface IdbRequest<T = unknown> {
  readonly result: T;
  readonly error: DOMException | null;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface IdbOpenRequest extends IdbRequest<IdbDatabase> {
  onupgradeneeded: ((event: { readonly oldVersion: number }) => void) | null;
  /** While the database is made or upgraded. */
  readonly transaction: { abort(): void } | null;
}

export interface IdbDatabase {
  readonly objectStoreNames: { contains(name: string): boolean };
  createObjectStore(name: string): IdbObjectStore;
  transaction(
    stores: readonly string[],
    mode: IdbMode,
    options: { readonly durability: IdbDurability },
  ): IdbTransaction;
  close(): void;
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
}

export type IdbMode = 'readonly' | 'readwrite';
export type IdbDurability = 'default' | 'relaxed' | 'strict';

export interface IdbTransaction {
  objectStore(name: string): IdbObjectStore;
  readonly error: DOMException | null;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}

export interface IdbObjectStore {
  get(key: string): IdbRequest;
  getAll(): IdbRequest<unknown[]>;
  getAllKeys(): IdbRequest<string[]>;
  count(key?: string): IdbRequest<number>;
  put(value: unknown, key: string): IdbRequest;
  delete(key: string): IdbRequest;
}

export interface LockManager {
  request<T>(name: string, options: { readonly signal: AbortSignal }, task: () => Promise<T>): Promise<T>;
}

export interface StorageManager {
  persist?(): Promise<boolean>;
  persisted?(): Promise<boolean>;
}

export interface Channel {
  postMessage(message: unknown): void;
  onmessage: (() => void) | null;
}

/** Read at each call, as importing a module reads nothing and tests replace parts. */
export function browserGlobals(): BrowserGlobals {
  return globalThis as unknown as BrowserGlobals;
}

/** The page's Web Crypto, or undefined where it has none. */
export function findWebCrypto(): WebCrypto | undefined {
  const { crypto } = browserGlobals();
  return crypto?.subtle && crypto.getRandomValues ? (crypto as WebCrypto) : undefined;
}

/** @throws `platform/insecure-context` if HTTPS would help, `storage/unavailable` if not */
export function requireWebCrypto(): WebCrypto {
  const crypto = findWebCrypto();
  if (crypto) return crypto;
  if (browserGlobals().isSecureContext === false) throw storageError('platform/insecure-context');
  throw storageError('storage/unavailable', { details: { reason: 'no Web Crypto' } });
}
