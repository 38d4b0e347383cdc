/** Files as the official client leaves them; the client itself is in `interop/official-e3kit-node/local-storage.test.ts`. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToBase64, generateKeyPair, type PrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryKeyStore, type EThree, type EThreeOptions, type KeyStore } from '../index.ts';

let world: World;
let proxy: EvilProxy;
let storageName: string;
let keyStore: KeyStore;
let identity: string;
let users = 0;

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
});
beforeEach(async () => {
  storageName = join(await mkdtemp(join(tmpdir(), 'sotto-')), 'keys');
  await mkdir(storageName);
  keyStore = createMemoryKeyStore();
  identity = `user ${users++}`;
});
afterEach(async () => {
  proxy.meddle = undefined;
  await rm(join(storageName, '..'), { recursive: true });
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

const start = (options: EThreeOptions = {}): Promise<EThree> =>
  world.createClient(identity, { keyStore, storageName, apiUrl: proxy.url, ...options });
const makeKey = async (): Promise<PrivateKey> => (await generateKeyPair(nodeProvider)).privateKey;

/** Another device of the user, with that key and its card. */
async function registerElsewhere(privateKey?: PrivateKey): Promise<EThree> {
  const device = await world.createClient(identity);
  await device.register(privateKey && { privateKey });
  return device;
}

const fileOf = (name: string): string => join(storageName, createHash('sha256').update(name).digest('hex'));
const leaveText = (text: string): Promise<void> => writeFile(fileOf(identity), text);
async function leaveKey(key: PrivateKey, name = identity): Promise<void> {
  const date = new Date(0).toISOString();
  const value = bytesToBase64(key.exportDer());
  await leaveText(JSON.stringify({ name, value, creationDate: date, modificationDate: date }));
}

describe('a key of the official client', () => {
  it('is a key ring of ours from the first start on, and stays where it was until cleanup', async () => {
    const key = await makeKey();
    const elsewhere = await registerElsewhere(key);
    await leaveKey(key);
    const before = await readFile(fileOf(identity));

    const client = await start();

    expect(await keyStore.list()).toHaveLength(1);
    expect(await readFile(fileOf(identity))).toEqual(before);
    expect(await client.hasLocalPrivateKey()).toBe(true);
    expect(await elsewhere.authDecrypt(await client.authEncrypt('hi'))).toBe('hi');
    await rm(fileOf(identity));
    expect(await (await start()).hasLocalPrivateKey()).toBe(true);

    await leaveKey(key);
    await client.cleanup();
    expect(await readdir(storageName)).toEqual([]);
    expect(await keyStore.list()).toEqual([]);
    expect(await (await start()).hasLocalPrivateKey()).toBe(false);
  });

  it('is looked for once only: a ring of ours counts more', async () => {
    await registerElsewhere();
    const client = await start();
    await client.rotatePrivateKey();
    await leaveText('not even read');
    expect(await (await start()).hasLocalPrivateKey()).toBe(true);
  });

  it('reads, and does not sign, where the card of the user is of a later key', async () => {
    const key = await makeKey();
    const old = await (await registerElsewhere(key)).authEncrypt('of old');
    await (await world.createClient(identity)).rotatePrivateKey();
    await leaveKey(key);

    const client = await start();

    expect(await client.hasLocalPrivateKey()).toBe(false);
    expect(await client.authDecrypt(old, key.publicKey)).toBe('of old');
    await expect(client.authEncrypt('new')).rejects.toMatchObject({ code: 'key/missing' });
  });

  it('of a user of the same name in another application does not keep a new user from registering', async () => {
    await leaveKey(await makeKey());
    const client = await start();
    expect(await client.hasLocalPrivateKey()).toBe(false);
    await client.register();
    expect(await client.authDecrypt(await client.authEncrypt('mine'))).toBe('mine');
    expect((await client.findUsers(identity)).publicKey).toBeDefined();
  });

  it('is used as it is while the service is away, and taken over when it is back', async () => {
    const key = await makeKey();
    await registerElsewhere(key);
    await leaveKey(key);
    proxy.meddle = () => 'cut';
    const offline = await start();
    expect(await offline.hasLocalPrivateKey()).toBe(true);
    expect(await offline.authDecrypt(await offline.authEncrypt('hi'))).toBe('hi');
    expect(await keyStore.list()).toEqual([]);
    proxy.meddle = undefined;
    await start();
    expect(await keyStore.list()).toHaveLength(1);
  });

  it('is taken over once when two clients start at once', async () => {
    const key = await makeKey();
    await registerElsewhere(key);
    await leaveKey(key);
    const [a, b] = await Promise.all([start(), start()]);
    expect(await a.authDecrypt(await b.authEncrypt('hi'))).toBe('hi');
    expect(await keyStore.list()).toHaveLength(1);
  });

  it('is not looked for where the app brings a store of its own and names no other', async () => {
    const workingDirectory = process.cwd();
    storageName = join(storageName, '..', '.virgil-local-storage');
    await mkdir(storageName);
    await leaveText('not even read');
    process.chdir(join(storageName, '..'));
    try {
      const client = await start({ storageName: undefined });
      expect(await client.hasLocalPrivateKey()).toBe(false);
      await expect(start({ storageName: '.virgil-local-storage' })).rejects.toMatchObject({
        code: 'storage/unreadable-official-key',
      });
    } finally {
      process.chdir(workingDirectory);
    }
  });
});

describe('the storage of the official client', () => {
  it.each(['a directory that is not there', 'a directory without an entry of the user', 'an entry of somebody else'])(
    'has no key for a new user: %s',
    async (kind) => {
      if (kind.startsWith('a directory that')) await rm(storageName, { recursive: true });
      if (kind.startsWith('an entry')) await writeFile(fileOf('somebody else'), 'not even read');
      const client = await start();
      expect(await client.hasLocalPrivateKey()).toBe(false);
      await client.register();
      await client.cleanup();
    },
  );

  const unreadable = { code: 'storage/unreadable-official-key', family: 'storage' };

  it.each([
    ['nothing', ''],
    ['half an entry', '{"name":"user'],
    ['null', 'null'],
    ['no value', '{"name":"IDENTITY"}'],
    ['a value that is no text', '{"name":"IDENTITY","value":5}'],
    ['a value that is no base64', '{"name":"IDENTITY","value":"%%%"}'],
    ['a value that is no key', '{"name":"IDENTITY","value":"bm90IGEga2V5"}'],
  ])('is not touched if the entry of the user is %s, and the client does not start without it', async (_, text) => {
    const left = text.replace('IDENTITY', identity);
    await leaveText(left);
    await expect(start()).rejects.toMatchObject(unreadable);
    expect(await readFile(fileOf(identity), 'utf8')).toBe(left);
    expect(await keyStore.list()).toEqual([]);
  });

  it('is not touched if the entry of the user is that of somebody else', async () => {
    await leaveKey(await makeKey(), 'eve');
    const left = await readFile(fileOf(identity));
    await expect(start()).rejects.toMatchObject(unreadable);
    expect(await readFile(fileOf(identity))).toEqual(left);
  });

  it('is not touched if its key is of a kind that ours does not know, such as Ed448', async () => {
    const der = generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'der' });
    const left = JSON.stringify({ name: identity, value: der.toString('base64') });
    await leaveText(left);
    await expect(start()).rejects.toMatchObject(unreadable);
    expect(await readFile(fileOf(identity), 'utf8')).toBe(left);
  });

  it('that cannot be read is named as unavailable', async () => {
    await mkdir(fileOf(identity));
    await expect(start()).rejects.toMatchObject({ code: 'storage/unavailable', details: { reason: 'EISDIR' } });
  });
});
