// What only a browser can show.
import { keyStoreSuite } from '@sotto/testing/key-store-suite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IdbDatabase, IdbObjectStore, IdbOpenRequest, IdbRequest } from './browser-globals.ts';
import { createIndexedDbCardCache } from './indexeddb-card-cache.ts';
import type { EntryKeys } from './indexeddb-entry.ts';
import { createIndexedDbKeyStore, type IndexedDbKeyStore } from './indexeddb-key-store.ts';

const { indexedDB, navigator, document, dispatchEvent, IDBFactory, IDBObjectStore } = globalThis as unknown as Page;
const url = import.meta.resolve('./indexeddb-key-store.ts');

keyStoreSuite('IndexedDB', async () => {
  const name = crypto.randomUUID();
  return {
    store: createIndexedDbKeyStore({ name }),
    reopen: async () => createIndexedDbKeyStore({ name }),
    close: () => deleteDatabase(`sotto:${name}`),
  };
});

let name: string;
let database: string;
let store: IndexedDbKeyStore;

beforeEach(() => {
  name = crypto.randomUUID();
  database = `sotto:${name}`;
  store = createIndexedDbKeyStore({ name });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const frame of document.querySelectorAll('iframe')) frame.remove();
  await navigator.storageBuckets.delete(name);
  await deleteDatabase(database);
});

describe('what lies in the database', () => {
  it('tells neither names nor values, and no script can export its keys', async () => {
    await store.save('alice', new TextEncoder().encode('the private key'), { type: 'the meta' });
    const { ids, sealed, keys } = await readRaw();
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const text = new TextDecoder('latin1').decode(sealed[0]);
    expect(text).toMatch(/^SOTTO-KEY\x01/);
    expect(text).not.toMatch(/alice|private|meta/);
    for (const key of [keys!.content, keys!.names]) {
      await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow('not extractable');
    }
  });

  it('is refused when altered or moved, and not overwritten', async () => {
    await store.save('alice', Uint8Array.of(1));
    await store.save('bob', Uint8Array.of(2));
    const {
      ids: [first, second],
      sealed: [bytes],
    } = await readRaw();
    await raw((db) => db('entries').put(bytes, second!));
    const altered = bytes!.map((byte, at) => (at === 30 ? byte ^ 1 : byte));
    await raw((db) => db('entries').put(altered, first!));
    const before = await readRaw();
    for (const name of ['alice', 'bob']) {
      await expect(store.load(name)).rejects.toMatchObject({ code: 'storage/damaged' });
      await expect(store.save(name, Uint8Array.of(3))).rejects.toMatchObject({ code: 'storage/damaged' });
    }
    await expect(store.list()).rejects.toMatchObject({ code: 'storage/damaged' });
    expect(await readRaw()).toEqual(before);
  });

  it.each([
    ['gone', (db: Stores) => db('keys').clear()],
    ['unreadable, as when a keychain forgot what opens them', (db: Stores) => db('keys').put(null, 'entry-keys')],
  ])('is kept when its keys are %s', async (_, spoil) => {
    await store.save('alice', Uint8Array.of(1));
    await raw(spoil);
    const next = createIndexedDbKeyStore({ name });
    const refusal = { code: 'storage/damaged', details: { reason: 'keys' } };
    await expect(next.load('alice')).rejects.toMatchObject(refusal);
    await expect(next.save('alice', Uint8Array.of(2))).rejects.toMatchObject(refusal);
    await expect(next.remove('alice')).rejects.toMatchObject(refusal);
    expect((await readRaw()).sealed).toHaveLength(1);
  });
});

describe('tabs', () => {
  it('agree on the keys of the store when they make it at once', async () => {
    const tabs = await Promise.all(Array.from({ length: 5 }, openTab));
    await Promise.all(tabs.map((tab, index) => tab.save(name, `tab ${index}`)));
    expect((await store.list()).map((entry) => entry.name).sort()).toEqual(tabs.map((_, index) => `tab ${index}`));
  });

  it('hear of what others save and remove, and not of their own', async () => {
    const heard = vi.fn<() => void>();
    const stop = store.onChange(heard);
    await store.save('alice', Uint8Array.of(1));
    const tab = await openTab();
    await tab.save(name, 'alice');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
    await createIndexedDbKeyStore({ name }).remove('alice');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2));
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(heard).toHaveBeenCalledTimes(3);
    stop();
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it('get the lock of one that is closed', async () => {
    const tab = await openTab();
    await tab.holdLock(name, 'alice');
    const locked = store.withLock('alice', async () => 'mine');
    tab.close();
    expect(await locked).toBe('mine');
  });

  it('wait for a lock no longer than its limit', async () => {
    const impatient = createIndexedDbKeyStore({ name, lockTimeoutMs: 20 });
    const tab = await openTab();
    await tab.holdLock(name, 'alice');
    const task = vi.fn<() => Promise<void>>();
    await expect(impatient.withLock('alice', task)).rejects.toMatchObject({ code: 'storage/locked' });
    expect(task).not.toHaveBeenCalled();
  });
});

describe('a connection', () => {
  it('lets go for a newer version of the client, and then says so', async () => {
    await store.save('alice', Uint8Array.of(1));
    const newer = await openDatabase(database, 2);
    const refusal = { code: 'storage/unavailable', details: { reason: 'newer version' } };
    await expect(store.load('alice')).rejects.toMatchObject(refusal);
    newer.close();
  });

  it('waits for one that does not let go, no longer than its limit', async () => {
    await store.save('alice', Uint8Array.of(1));
    const stubborn = await openDatabase(database);
    const deleted = deleteDatabase(database);
    const impatient = createIndexedDbKeyStore({ name, lockTimeoutMs: 20 });
    await expect(impatient.load('alice')).rejects.toMatchObject({ code: 'storage/locked' });
    stubborn.close();
    await deleted;
    expect(await impatient.load('alice')).toBeUndefined();
  });

  it('is opened anew, with a new store, after the user has cleared the data of the site', async () => {
    await openBucket();
    await store.save('alice', Uint8Array.of(1));
    const cache = createIndexedDbCardCache({ name });
    await cache.write(new Map([['bob', 'a card']]));
    await navigator.storageBuckets.delete(name);
    await openBucket();
    expect(await store.load('alice')).toBeUndefined();
    expect(await cache.read('bob')).toBeUndefined();
    await store.save('alice', Uint8Array.of(2));
    expect(await createIndexedDbKeyStore({ name }).load('alice')).toMatchObject({ value: Uint8Array.of(2) });
  });
});

describe('a browser', () => {
  it('that is short of space refuses, and keeps what was there', async () => {
    await openBucket(2_000_000);
    const former = await store.save('alice', Uint8Array.of(1));
    await expect(store.save('alice', new Uint8Array(5_000_000))).rejects.toMatchObject({ code: 'storage/full' });
    const large = new Map([['bob', ' '.repeat(5_000_000)]]);
    await expect(createIndexedDbCardCache({ name }).write(large)).rejects.toMatchObject({ code: 'storage/full' });
    expect(await store.load('alice')).toEqual(former);
  });

  it('that cannot keep a CryptoKey, as Safari may in Lockdown Mode, is named as unavailable', async () => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The object can not be cloned.', 'DataCloneError');
    });
    const refusal = { code: 'storage/unavailable', details: { reason: 'DataCloneError' } };
    await expect(store.load('alice')).rejects.toMatchObject(refusal);
  });

  it('that forbids storage is named as unavailable', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('The user denied permission.', 'SecurityError');
    });
    const refusal = { code: 'storage/unavailable', details: { reason: 'SecurityError' } };
    await expect(store.load('alice')).rejects.toMatchObject(refusal);
    await expect(createIndexedDbCardCache({ name }).read('alice')).rejects.toMatchObject(refusal);
  });

  it('is asked once to keep the first key, and its refusal is no failure', async () => {
    const persist = vi.spyOn(navigator.storage, 'persist').mockRejectedValue(new TypeError('no'));
    await store.load('alice');
    expect(persist).not.toHaveBeenCalled();
    await store.save('alice', Uint8Array.of(1));
    await store.save('alice', Uint8Array.of(2));
    expect(persist).toHaveBeenCalledTimes(1);
    expect(await store.isPersisted()).toBe(await navigator.storage.persisted());
  });
});

interface Tab {
  /** Saves one byte in the store `name`. */
  readonly save: (name: string, entry: string) => Promise<void>;
  /** Resolves when the lock is held, which is then never released. */
  readonly holdLock: (name: string, entry: string) => Promise<void>;
  readonly close: () => void;
}

/** A page of its own in a frame, with modules, connections and locks of its own. */
async function openTab(): Promise<Tab> {
  const frame = document.createElement('iframe');
  const ready = new Promise((resolve) => {
    frame.onload = resolve;
  });
  frame.srcdoc = `<script type="module">
    import { createIndexedDbKeyStore } from ${JSON.stringify(url)};
    self.save = (name, entry) => createIndexedDbKeyStore({ name }).save(entry, Uint8Array.of(1));
    self.holdLock = (name, entry) => new Promise((resolve) => {
      createIndexedDbKeyStore({ name }).withLock(entry, () => {
        resolve();
        return new Promise(() => {});
      });
    });
  </script>`;
  document.body.append(frame);
  await ready;
  const { save, holdLock } = frame.contentWindow;
  return { save, holdLock, close: () => frame.remove() };
}

/** What the tests use of a page; `lib.dom` is not among our types. */
interface Page {
  readonly indexedDB: {
    open(name: string, version?: number): IdbOpenRequest;
    deleteDatabase(name: string): IdbRequest;
  };
  readonly navigator: {
    readonly storage: { persist(): Promise<boolean>; persisted(): Promise<boolean> };
    readonly storageBuckets: {
      open(name: string, options: { quota?: number }): Promise<Pick<Page, 'indexedDB'>>;
      delete(name: string): Promise<void>;
    };
  };
  readonly document: {
    readonly body: { append(frame: Frame): void };
    createElement(name: 'iframe'): Frame;
    querySelectorAll(name: 'iframe'): Iterable<Frame>;
  };
  dispatchEvent(this: void, event: Event): void;
  readonly IDBFactory: { readonly prototype: Page['indexedDB'] };
  readonly IDBObjectStore: { readonly prototype: IdbObjectStore };
}

interface Frame {
  srcdoc: string;
  onload: ((event: unknown) => void) | null;
  readonly contentWindow: Tab;
  remove(): void;
}

/** Gives the stores that are opened from now on a bucket, which has a quota of its own and can be lost like all data. */
async function openBucket(quota?: number): Promise<void> {
  const bucket = await navigator.storageBuckets.open(name, quota === undefined ? {} : { quota });
  vi.stubGlobal('indexedDB', bucket.indexedDB);
}

type Stores = (name: string) => IdbObjectStore & { clear(): IdbRequest };

/** Does something behind the back of the store. */
async function raw<T>(request: (stores: Stores) => IdbRequest<T>): Promise<T> {
  const db = await openDatabase(database);
  const transaction = db.transaction(['keys', 'entries'], 'readwrite', { durability: 'default' });
  try {
    return await whenDone(request((name) => transaction.objectStore(name) as ReturnType<Stores>));
  } finally {
    db.close();
  }
}

async function readRaw(): Promise<{ ids: string[]; sealed: Uint8Array<ArrayBuffer>[]; keys: EntryKeys | undefined }> {
  const ids = await raw((db) => db('entries').getAllKeys());
  const sealed = (await raw((db) => db('entries').getAll())) as Uint8Array<ArrayBuffer>[];
  const [keys] = (await raw((db) => db('keys').getAll())) as EntryKeys[];
  return { ids, sealed, keys };
}

function openDatabase(database: string, version?: number): Promise<IdbDatabase> {
  return whenDone(indexedDB.open(database, version));
}

async function deleteDatabase(database: string): Promise<void> {
  await whenDone(indexedDB.deleteDatabase(database));
}

function whenDone<T>(request: IdbRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}
