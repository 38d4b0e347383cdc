import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemoryKeyStore } from './index.ts';
import { createKeyStoreOver, type KeyEntryStorage, type StoredKeyEntry } from './key-entry-storage.ts';

/** The official interface over a map. */
function createStorage(): KeyEntryStorage {
  const entries = new Map<string, StoredKeyEntry>();
  const put = async ({ name, value, meta }: { name: string; value?: string; meta?: Record<string, string> }) => {
    const before = entries.get(name);
    const now = new Date();
    const changed = { value: value ?? before!.value, meta: meta ?? before?.meta ?? {}, modificationDate: now };
    const entry = { name, creationDate: before?.creationDate ?? now, ...changed };
    entries.set(name, entry);
    return entry;
  };
  return {
    save: put,
    update: put,
    load: async (name) => entries.get(name) ?? null,
    exists: async (name) => entries.has(name),
    remove: async (name) => entries.delete(name),
    list: async () => [...entries.values()],
  };
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('takes over the key of the official client, and lets go of it with cleanup', async () => {
  const { privateKey } = await generateKeyPair(nodeProvider);
  await (await world.createClient('alice')).register({ privateKey });
  const keyEntryStorage = createStorage();
  await keyEntryStorage.save({ name: 'alice', value: bytesToBase64(privateKey.exportDer()) });
  const alice = await world.createClient('alice', { keyEntryStorage, keyStore: undefined });
  expect(alice.keyEntryStorage).toBe(keyEntryStorage);
  expect(await alice.hasLocalPrivateKey()).toBe(true);
  expect(await alice.authDecrypt(await alice.authEncrypt('hi'), privateKey.publicKey)).toBe('hi');
  await alice.cleanup();
  expect(await keyEntryStorage.list()).toEqual([]);
  expect(await alice.hasLocalPrivateKey()).toBe(false);
});

it('takes the key over into a store of the app, which it then no longer needs', async () => {
  const { privateKey } = await generateKeyPair(nodeProvider);
  await (await world.createClient('carol')).register({ privateKey });
  const keyEntryStorage = createStorage();
  const keyStore = createMemoryKeyStore();
  await keyEntryStorage.save({ name: 'carol', value: bytesToBase64(privateKey.exportDer()) });
  await world.createClient('carol', { keyEntryStorage, keyStore });
  expect(await keyStore.list()).toHaveLength(1);
  const carol = await world.createClient('carol', { keyStore });
  expect(await carol.hasLocalPrivateKey()).toBe(true);
});

it('keeps new keys in the storage of the app', async () => {
  const keyEntryStorage = createStorage();
  const bob = await world.createClient('bob', { keyEntryStorage, keyStore: undefined });
  await bob.register();
  const again = await world.createClient('bob', { keyEntryStorage, keyStore: undefined });
  expect(await again.authDecrypt(await bob.authEncrypt('hi'))).toBe('hi');
});

it('refuses a value that is no base64', async () => {
  const keyEntryStorage = createStorage();
  await keyEntryStorage.save({ name: 'alice', value: 'no base64' });
  await expect(createKeyStoreOver(keyEntryStorage).load('alice')).rejects.toMatchObject({ code: 'storage/damaged' });
});
