import { rmSync } from 'node:fs';
import { generateKeyPair, type KeyType } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseFile } from '../service.ts';
import { openStore, type Store } from '../store/store.ts';
import { makeTemporaryFolder, spki } from '../test-kit.ts';
import { createApplication, createAppKey, listApplications, listAppKeys, revokeAppKey } from './applications.ts';

let dataDir: string;
let store: Store;

beforeAll(async () => {
  dataDir = makeTemporaryFolder();
  store = await openStore({ file: databaseFile(dataDir) });
});

afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function newPublicKey(type: KeyType = 'ED25519'): Promise<string> {
  return spki(await generateKeyPair(nodeProvider, type));
}

test('an application gets an id of 32 hex digits and is listed', async () => {
  const application = await createApplication(store, { name: 'clinic', now: 1_700_000_000_000 });
  expect(application).toEqual({
    appId: expect.stringMatching(/^[0-9a-f]{32}$/),
    name: 'clinic',
    createdAt: 1_700_000_000_000,
  });
  expect(await listApplications(store)).toContainEqual(application);
});

test('an App Key gets an id of 32 hex digits and is listed with its public half', async () => {
  const { appId } = await createApplication(store, { name: 'clinic' });
  const publicKey = await newPublicKey();
  const key = await createAppKey(store, { appId, name: 'backend', publicKey });
  expect(key).toMatchObject({ appKeyId: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'backend', publicKey });
  expect(await listAppKeys(store, appId)).toEqual([key]);
});

test('a revoked App Key stays listed, with the time of its first revocation', async () => {
  const { appId } = await createApplication(store, { name: 'clinic' });
  const { appKeyId } = await createAppKey(store, { appId, name: 'backend', publicKey: await newPublicKey() });
  await revokeAppKey(store, { appId, appKeyId, now: 1000 });
  await revokeAppKey(store, { appId, appKeyId, now: 2000 });
  expect(await listAppKeys(store, appId)).toEqual([expect.objectContaining({ appKeyId, revokedAt: 1000 })]);
});

test('a key of another application cannot be revoked', async () => {
  const { appId } = await createApplication(store, { name: 'clinic' });
  const { appId: otherId } = await createApplication(store, { name: 'other' });
  const { appKeyId } = await createAppKey(store, { appId, name: 'backend', publicKey: await newPublicKey() });
  await expect(revokeAppKey(store, { appId: otherId, appKeyId })).rejects.toMatchObject({ code: 'app-key/unknown' });
  expect((await listAppKeys(store, appId))[0]).not.toHaveProperty('revokedAt');
});

describe('refusals', () => {
  test('a key for an application that does not exist', async () => {
    const key = { appId: '0'.repeat(32), name: 'backend', publicKey: await newPublicKey() };
    await expect(createAppKey(store, key)).rejects.toMatchObject({ code: 'application/unknown' });
    await expect(listAppKeys(store, key.appId)).rejects.toMatchObject({ code: 'application/unknown' });
  });

  test.each(['', 'x'.repeat(101), 'a\0b', 'a\ud800b'])('the name %j', async (name) => {
    await expect(createApplication(store, { name })).rejects.toMatchObject({ code: 'application/wrong-name' });
  });

  test.each(['', 'nonsense', 'AAAA'])('the public key %j', async (publicKey) => {
    const { appId } = await createApplication(store, { name: 'clinic' });
    await expect(createAppKey(store, { appId, name: 'backend', publicKey })).rejects.toMatchObject({
      code: 'app-key/malformed',
    });
  });

  test('a key that cannot sign tokens', async () => {
    const { appId } = await createApplication(store, { name: 'clinic' });
    const publicKey = await newPublicKey('CURVE25519');
    await expect(createAppKey(store, { appId, name: 'backend', publicKey })).rejects.toMatchObject({
      code: 'app-key/cannot-sign',
    });
  });
});
