import { generateKeyPair, type PrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCardCache, createMemoryKeyStore, EThree, type EThreeOptions, type KeyStore } from '../index.ts';

const passphrase = 'Zwölf Boxkämpfer jagen Viktor';

let world: World;
let proxy: EvilProxy;
let keyStore: KeyStore;
let identity: string;
let users = 0;

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
});
beforeEach(() => {
  keyStore = createMemoryKeyStore();
  identity = `user ${users++}`;
});
afterEach(() => {
  proxy.meddle = undefined;
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

/** A device of the user, new unless the options bring a store along. */
const start = (options: EThreeOptions = {}): Promise<EThree> =>
  world.createClient(identity, { apiUrl: proxy.url, ...options });
const makeKey = async (): Promise<PrivateKey> => (await generateKeyPair(nodeProvider)).privateKey;

async function register(options: EThreeOptions = {}): Promise<EThree> {
  const device = await start(options);
  await device.register();
  return device;
}

describe('a key ring that was exported', () => {
  it('gives another device all keys, the current and the former ones', async () => {
    const device = await register();
    const old = await device.authEncrypt('of old');
    await device.replacePrivateKey();
    const text = await device.exportKeyRing(passphrase);
    expect(text).toMatch(
      /^-----BEGIN SOTTO KEY RING-----\n(?:[A-Za-z0-9+/]{64}\n)+[A-Za-z0-9+/=]{1,64}\n-----END SOTTO KEY RING-----\n$/,
    );

    const other = await start();
    await expect(other.importKeyRing(text, `${passphrase}.`)).rejects.toMatchObject({
      code: 'key-ring/wrong-passphrase',
      family: 'crypto',
    });
    expect(await other.importKeyRing(text, passphrase.normalize('NFD'))).toBe('done');

    expect(await other.hasLocalPrivateKey()).toBe(true);
    expect(await other.authDecrypt(old)).toBe('of old');
    expect(await other.authDecrypt(await device.authEncrypt('of late'))).toBe('of late');
    expect(await device.authDecrypt(await other.authEncrypt('back'))).toBe('back');
    expect(await other.importKeyRing(text, passphrase)).toBe('already-done');
  });

  it('is no business of the service, which is sent none of it', async () => {
    const key = await makeKey();
    const device = await start();
    await device.register({ privateKey: key });
    const sentBefore = world.seen.length;
    const text = await device.exportKeyRing(passphrase);
    expect(world.seen).toHaveLength(sentBefore);
    await (await start()).importKeyRing(text, passphrase);
    const sent = world.seen.slice(sentBefore);
    expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/card/v5/actions/search']));
    expect(sent.map(({ body }) => body).join()).not.toMatch(/Zw|PRIVATE|SOTTO/);
  });

  it('has the key of a registration that was cut off, since its card may be out', async () => {
    const device = await start({ keyStore });
    let isOut = false;
    proxy.meddle = async ({ path }, forward) => {
      if (isOut) return 'cut';
      const answer = await forward();
      isOut = path === '/card/v5';
      return isOut ? 'cut' : answer;
    };
    await expect(device.register()).rejects.toMatchObject({ family: 'transport' });
    expect(await device.hasLocalPrivateKey()).toBe(false);
    const text = await device.exportKeyRing(passphrase);
    proxy.meddle = undefined;
    const other = await start();
    await other.importKeyRing(text, passphrase);
    expect(await other.hasLocalPrivateKey()).toBe(true);
  });

  it('costs as much to guess as the app asks for', async () => {
    const device = await register();
    const text = await device.exportKeyRing(passphrase, { cost: { memoryKiB: 20_480, passes: 3 } });
    const bytes = Buffer.from(text.replace(/-----.*-----/g, ''), 'base64');
    expect([bytes.readUInt32BE(15), bytes.readUInt32BE(19)]).toEqual([20_480, 3]);
    expect(await (await start()).importKeyRing(text, passphrase)).toBe('done');
    for (const cost of [
      { memoryKiB: 19_455, passes: 2 },
      { memoryKiB: 19_456, passes: 1 },
      { memoryKiB: 2 ** 21, passes: 2 },
      { memoryKiB: 19_456, passes: 17 },
    ]) {
      await expect(device.exportKeyRing(passphrase, { cost })).rejects.toMatchObject({ code: 'usage/argument' });
    }
  });

  it('is not made without keys or without a passphrase', async () => {
    await expect((await start()).exportKeyRing(passphrase)).rejects.toMatchObject({ code: 'key/missing' });
    const device = await register();
    for (const wrong of ['', undefined, 5]) {
      await expect(device.exportKeyRing(wrong as string)).rejects.toThrow(TypeError);
      await expect(device.importKeyRing('', wrong as string)).rejects.toThrow(TypeError);
    }
    await expect(device.importKeyRing(5 as never, passphrase)).rejects.toThrow(TypeError);
  });
});

describe('importing', () => {
  it('keeps the current key of the device if it is the one of the user’s card', async () => {
    const text = await (await register()).exportKeyRing(passphrase);
    const device = await start({ keyStore });
    await device.rotatePrivateKey();
    const card = await device.findUsers(identity);

    expect(await device.importKeyRing(text, passphrase)).toBe('done');

    const reader = await start({ keyStore });
    expect(await reader.authDecrypt(await device.authEncrypt('mine'), card)).toBe('mine');
  });

  it('puts the key of the user’s card in the place of one that is not, and keeps that to read with', async () => {
    const device = await register({ keyStore });
    const old = await device.authEncrypt('of old');
    const elsewhere = await start();
    await elsewhere.rotatePrivateKey();
    const text = await elsewhere.exportKeyRing(passphrase);

    expect(await device.importKeyRing(text, passphrase)).toBe('done');

    const card = await device.findUsers(identity);
    expect(await elsewhere.authDecrypt(await device.authEncrypt('new'), card)).toBe('new');
    expect(await device.authDecrypt(old)).toBe('of old');
  });

  it('of keys that were all replaced says so, and keeps them to read with', async () => {
    const device = await register();
    const old = await device.authEncrypt('of old');
    const text = await device.exportKeyRing(passphrase);
    await (await start()).rotatePrivateKey();
    const other = await start({ keyStore });

    await expect(other.importKeyRing(text, passphrase)).rejects.toMatchObject({ code: 'key-ring/outdated' });

    expect(await other.hasLocalPrivateKey()).toBe(false);
    expect(await (await start({ keyStore })).authDecrypt(old)).toBe('of old');
  });

  it.each([
    ['another user', () => world.createClient(`${identity} not`)],
    [
      'the same name in another application',
      async () => {
        const { issuer } = await world.createApplication();
        const options = { apiUrl: proxy.url, keyStore, cardCache: createMemoryCardCache() };
        return EThree.initialize(() => issuer.issue(identity), options);
      },
    ],
  ])('is refused for %s', async (_, startOther) => {
    const text = await (await register()).exportKeyRing(passphrase);
    const other = await startOther();
    await expect(other.importKeyRing(text, passphrase)).rejects.toMatchObject({ code: 'key-ring/other-user' });
    expect(await other.hasLocalPrivateKey()).toBe(false);
    expect(await keyStore.list()).toEqual([]);
  });

  it('changes nothing while the service is away, since the card decides', async () => {
    const text = await (await register()).exportKeyRing(passphrase);
    const other = await start({ keyStore });
    proxy.meddle = () => 'cut';
    await expect(other.importKeyRing(text, passphrase)).rejects.toMatchObject({ code: 'transport/unreachable' });
    expect(await keyStore.list()).toEqual([]);
  });
});
