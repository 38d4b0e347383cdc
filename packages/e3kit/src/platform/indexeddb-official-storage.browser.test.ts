// Databases as the official client leaves them; the client itself is in browser/stories/official-storage.test.ts.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { IdbDatabase, IdbFactory, IdbObjectStore, IdbRequest } from './browser-globals.ts';
import { resultOf } from './indexeddb-database.ts';
import { createIndexedDbOfficialStorage } from './indexeddb-official-storage.ts';

const { indexedDB, IDBFactory } = globalThis as unknown as {
  readonly indexedDB: IdbFactory & {
    deleteDatabase(name: string): IdbRequest;
    databases(): Promise<{ readonly name: string }[]>;
  };
  readonly IDBFactory: { readonly prototype: IdbFactory };
};

let name: string;
beforeEach(() => {
  name = crypto.randomUUID();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await resultOf(indexedDB.deleteDatabase(name));
});

const storage = () => createIndexedDbOfficialStorage(name);

it('gives the value of an entry, and removes it alone', async () => {
  await use((entries) => entries.put('{"name":"alice","value":"AQID"}', 'alice'));
  await use((entries) => entries.put('of somebody else', 'bob'));
  expect(await storage().load('alice')).toEqual(Uint8Array.of(1, 2, 3));
  expect(await storage().load('carol')).toBeUndefined();
  await storage().remove('alice');
  await storage().remove('carol');
  expect(await storage().load('alice')).toBeUndefined();
  expect(await use((entries) => entries.getAll())).toEqual(['of somebody else']);
});

it('makes no database where there is none', async () => {
  expect(await storage().load('alice')).toBeUndefined();
  await storage().remove('alice');
  expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
});

it('takes a database of somebody else for none', async () => {
  (await resultOf(indexedDB.open(name))).close();
  expect(await storage().load('alice')).toBeUndefined();
});

it.each([
  ['cut short', '{"name":"alice","va'],
  ['no text', 5],
  ['of somebody else', '{"name":"bob","value":"AQID"}'],
  ['without a value', '{"name":"alice"}'],
])('refuses an entry that is %s, and leaves it there', async (_, left) => {
  await use((entries) => entries.put(left, 'alice'));
  await expect(storage().load('alice')).rejects.toMatchObject({ code: 'storage/unreadable-official-key' });
  expect(await use((entries) => entries.getAll())).toEqual([left]);
});

it('is unavailable where the browser forbids storage', async () => {
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw new DOMException('The user denied permission.', 'SecurityError');
  });
  await expect(storage().load('alice')).rejects.toMatchObject({
    code: 'storage/unavailable',
    details: { reason: 'SecurityError' },
  });
});

/** One request on a database of the official client's shape, which is made if it is missing. */
async function use<T>(request: (entries: IdbObjectStore) => IdbRequest<T>): Promise<T> {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keyvaluepairs');
  const database: IdbDatabase = await resultOf(opening);
  const transaction = database.transaction(['keyvaluepairs'], 'readwrite', { durability: 'default' });
  const result = await resultOf(request(transaction.objectStore('keyvaluepairs')));
  database.close();
  return result;
}
