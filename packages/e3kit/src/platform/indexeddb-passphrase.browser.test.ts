// What a passphrase adds to the store of a page. Each opening takes its time, so the tests are few.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hexToBytes } from '@sotto/core';
import { PASSPHRASE_STORE } from './fixtures/passphrase-store.ts';
import { resultOf } from './indexeddb-database.ts';
import type { IdbDatabase, IdbFactory, IdbRequest } from './browser-globals.ts';
import { changeIndexedDbPassphrase, createIndexedDbKeyStore, type IndexedDbKeyStore } from './indexeddb-key-store.ts';

const { indexedDB } = globalThis as unknown as {
  readonly indexedDB: IdbFactory & { deleteDatabase(name: string): IdbRequest };
};
const value = Uint8Array.of(1, 2, 3);

let name: string;
beforeEach(() => {
  name = crypto.randomUUID();
});
afterEach(async () => {
  await resultOf(indexedDB.deleteDatabase(`sotto:${name}`));
});

const open = (passphrase: string): IndexedDbKeyStore =>
  createIndexedDbKeyStore({ name, key: { kind: 'passphrase', passphrase } });

it('opens with its passphrase alone, in either Unicode form, and neither without it nor with another', async () => {
  await open('Zwölf').save('alice', value);
  expect(await open('Zwölf'.normalize('NFD')).load('alice')).toMatchObject({ value });
  const wrong = open('zwölf');
  await expect(wrong.load('alice')).rejects.toMatchObject({ code: 'storage/wrong-key' });
  await expect(wrong.save('alice', Uint8Array.of(4))).rejects.toMatchObject({ code: 'storage/wrong-key' });
  const without = createIndexedDbKeyStore({ name });
  await expect(without.load('alice')).rejects.toMatchObject({
    code: 'storage/wrong-key',
    details: { storeKind: 'passphrase' },
  });
});

it('has the head and the entries of a store on Node', async () => {
  await createIndexedDbKeyStore({ name }).list(); // makes the database
  await write('keys', 'entry-keys', undefined);
  await write('keys', 'header', PASSPHRASE_STORE.header);
  await write('entries', PASSPHRASE_STORE.entryName, hexToBytes(PASSPHRASE_STORE.entry));
  expect(await open('correct horse').load('alice')).toMatchObject({ value });
});

it('keeps nothing in the database by which a copy of it could be opened', async () => {
  await open('secret').save('alice@example.com', new TextEncoder().encode('the private key'), { type: 'meta' });
  const records = await readRaw();
  expect(records.keys).toEqual([expect.stringMatching(/^\{"format":"sotto-key-store\/1","id":"[0-9a-f]{32}"/)]);
  const [head] = records.keys as string[];
  expect(JSON.parse(head!)).toMatchObject({ kind: 'passphrase', parameters: { m: 19_456, t: 2, p: 1 } });
  const text = records.entries.map((entry) => new TextDecoder('latin1').decode(entry as Uint8Array)).join();
  expect(text).toMatch(/^SOTTO-KEY\x01/);
  expect(text + head).not.toMatch(/alice|private|meta|secret/);
});

it('is one store when two tabs make it at once', async () => {
  const [first, second] = [open('secret'), open('secret')];
  await Promise.all([first.save('alice', Uint8Array.of(1)), second.save('bob', Uint8Array.of(2))]);
  expect((await first.list()).map((entry) => entry.name).sort()).toEqual(['alice', 'bob']);
});

it('has the kind of key that it was made with for good', async () => {
  await createIndexedDbKeyStore({ name }).save('alice', value);
  const refusal = { code: 'storage/wrong-key', details: { storeKind: 'browser', givenKind: 'passphrase' } };
  await expect(open('secret').load('alice')).rejects.toMatchObject(refusal);
  await expect(changeIndexedDbPassphrase({ name, passphrase: 'a', newPassphrase: 'b' })).rejects.toMatchObject(refusal);
  expect(await createIndexedDbKeyStore({ name }).load('alice')).toMatchObject({ value });
});

it('takes another passphrase in one step, while tabs that have it open go on', async () => {
  const before = open('first');
  await before.save('alice', value);
  const { entries } = await readRaw();

  await changeIndexedDbPassphrase({
    name,
    passphrase: 'first',
    newPassphrase: 'second',
    cost: { memoryKiB: 20_480, passes: 2 },
  });

  const records = await readRaw();
  expect(records.entries).toEqual(entries);
  expect(JSON.parse(records.keys[0] as string)).toMatchObject({ parameters: { m: 20_480, t: 2 } });
  expect(await before.load('alice')).toMatchObject({ value });
  expect(await open('second').load('alice')).toMatchObject({ value });
  await expect(open('first').load('alice')).rejects.toMatchObject({ code: 'storage/wrong-key' });
});

it('refuses an empty passphrase and a change of what is not there, and makes nothing', async () => {
  await expect(open('').load('alice')).rejects.toMatchObject({ code: 'storage/bad-argument' });
  await expect(changeIndexedDbPassphrase({ name, passphrase: 'a', newPassphrase: 'b' })).rejects.toMatchObject({
    code: 'storage/unavailable',
    details: { reason: 'no store' },
  });
  expect(await readRaw()).toEqual({ keys: [], entries: [] });
});

it('is damaged, and stays as it is, when its head is gone or altered', async () => {
  await open('secret').save('alice', value);
  const { keys } = await readRaw();
  const damaged = { code: 'storage/damaged' };
  for (const head of [undefined, 5, 'null', (keys[0] as string).replace('"m":19456', '"m":8')]) {
    await write('keys', 'header', head);
    await expect(open('secret').load('alice')).rejects.toMatchObject(damaged);
  }
  await write('keys', 'header', keys[0]);
  expect(await open('secret').load('alice')).toMatchObject({ value });
});

async function readRaw(): Promise<{ keys: unknown[]; entries: unknown[] }> {
  return use(async (database) => {
    const transaction = database.transaction(['keys', 'entries'], 'readonly', { durability: 'default' });
    const [keys, entries] = await Promise.all([
      resultOf(transaction.objectStore('keys').getAll()),
      resultOf(transaction.objectStore('entries').getAll()),
    ]);
    return { keys, entries };
  });
}

/** Behind the back of the store. */
async function write(storeName: 'keys' | 'entries', key: string, record: unknown): Promise<void> {
  await use(async (database) => {
    const store = database.transaction([storeName], 'readwrite', { durability: 'default' }).objectStore(storeName);
    await resultOf(record === undefined ? store.delete(key) : store.put(record, key));
  });
}

async function use<T>(task: (database: IdbDatabase) => Promise<T>): Promise<T> {
  const database = await resultOf(indexedDB.open(`sotto:${name}`));
  try {
    return await task(database);
  } finally {
    database.close();
  }
}
