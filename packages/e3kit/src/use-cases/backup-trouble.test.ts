/** What goes wrong around backups, beyond a wrong password: each time a code says what, nothing is lost, and there is a way on. */
import { cutFrom, type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryKeyStore, type EThree, type EThreeOptions } from '../index.ts';

const GUESSES = 12;
const GUESS_REFILL_MS = 60_000;

let world: World;
let proxy: EvilProxy;
const time = { now: Date.now() };
let count = 0;
let identity = '';

beforeAll(async () => {
  const guessLimits = { burst: GUESSES, refillMilliseconds: GUESS_REFILL_MS, perDay: 1000 };
  world = await startWorld({ guessLimits, clock: () => time.now });
  proxy = await startEvilProxy(world.service.url);
});
beforeEach(() => {
  identity = `troubled user ${count++}`;
});
afterEach(() => {
  proxy.meddle = undefined;
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

const openDevice = (options: EThreeOptions = {}): Promise<EThree> =>
  world.createClient(identity, { apiUrl: proxy.url, ...options });

async function registerDevice(options?: EThreeOptions): Promise<EThree> {
  const device = await openDevice(options);
  await device.register();
  return device;
}

/** That the backup brings a key by which what others write now is read. */
async function expectRestorable(password: string, keyName?: string): Promise<EThree> {
  const device = await openDevice();
  expect(await device.restorePrivateKey(password, keyName)).toBe('done');
  const peer = await world.createClient(`peer ${count++}`);
  await peer.register();
  const message = await peer.authEncrypt('hi', await peer.findUsers(identity));
  expect(await device.authDecrypt(message, await device.findUsers(peer.identity))).toBe('hi');
  return device;
}

const withCode = (code: string) => expect.objectContaining({ code });

describe.each([
  ['the backup that every user has', undefined],
  ['a backup by name', 'work laptop'],
])('%s', (_, keyName) => {
  it.each([
    ['before it is read', 0, false],
    ['before the brain key', 1, false],
    ['before it is written', 2, false],
    ['after it was written', 2, true],
    ['before it is checked', 3, false],
  ])('is made by the next call when the service is lost %s', async (_, at, isActedOn) => {
    const laptop = await registerDevice();
    proxy.meddle = cutFrom(at, isActedOn);
    await expect(laptop.backupPrivateKey('pwd', keyName)).rejects.toThrow(withCode('transport/unreachable'));
    proxy.meddle = undefined;
    expect(['done', 'already-done']).toContain(await laptop.backupPrivateKey('pwd', keyName));
    await expectRestorable('pwd', keyName);
  });

  it.each([
    ['it is read', 0],
    ['the brain key', 1],
    ['the cards are looked up', 2],
  ])('is restored whole or not at all when the service is lost before %s', async (_, at) => {
    const laptop = await registerDevice();
    const message = await laptop.authEncrypt('written before');
    await laptop.backupPrivateKey('pwd', keyName);
    const keyStore = createMemoryKeyStore();
    const phone = await openDevice({ keyStore });
    proxy.meddle = cutFrom(at, false);
    await expect(phone.restorePrivateKey('pwd', keyName)).rejects.toThrow(withCode('transport/unreachable'));
    proxy.meddle = undefined;
    expect(await keyStore.list()).toEqual([]);
    expect(await phone.restorePrivateKey('pwd', keyName)).toBe('done');
    expect(await phone.authDecrypt(message)).toBe('written before');
  });

  it('that another device changes between reading and writing is not written over', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('first', keyName);
    const phone = await world.createClient(identity);
    await phone.restorePrivateKey('first', keyName);
    let isFirst = true;
    proxy.meddle = async ({ method, path }, forward) => {
      if ((method === 'PUT' || path.endsWith('/push')) && isFirst) {
        isFirst = false;
        await phone.changePassword('first', 'of the phone', keyName);
      }
      return forward();
    };
    await expect(laptop.changePassword('first', 'of the laptop', keyName)).rejects.toThrow(withCode('keyknox/changed'));
    await expectRestorable('of the phone', keyName);
    expect(await laptop.changePassword('of the phone', 'of the laptop', keyName)).toBe('done');
    await expectRestorable('of the laptop', keyName);
  });
});

describe('guesses', () => {
  it('that are used up keep the right password out as well, say how long, and come back', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('right');
    const phone = await openDevice();
    const codes: string[] = [];
    for (let guess = 0; guess <= GUESSES; guess++) {
      const failure = await phone.restorePrivateKey(`guess ${guess}`).catch((error: unknown) => error);
      codes.push((failure as { code: string }).code);
    }
    expect(codes.at(-1)).toBe('brain-key/too-many-guesses');
    expect(new Set(codes)).toEqual(new Set(['backup/wrong-password', 'brain-key/too-many-guesses']));
    const refusal = await phone.restorePrivateKey('right').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'brain-key/too-many-guesses' });
    const { retryAfterSeconds } = (refusal as { details: { retryAfterSeconds: number } }).details;
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(GUESS_REFILL_MS / 1000);

    time.now += retryAfterSeconds * 1000;
    expect(await phone.restorePrivateKey('right')).toBe('done');
  });

  it('of one user leave those of others alone', async () => {
    const victim = await openDevice();
    await victim.register();
    await victim.backupPrivateKey('right');
    const guesser = await world.createClient(`guesser of ${identity}`);
    await guesser.register();
    await guesser.backupPrivateKey('own');
    for (let guess = 0; guess <= GUESSES; guess++) await guesser.restorePrivateKey(`${guess}`).catch(() => {});
    await expect(guesser.restorePrivateKey('own')).rejects.toThrow(withCode('brain-key/too-many-guesses'));
    expect(await (await openDevice()).restorePrivateKey('right')).toBe('done');
  });
});

describe('a forgotten password', () => {
  it('is replaced on a device that has the key, with nothing lost', async () => {
    const laptop = await registerDevice();
    const message = await laptop.authEncrypt('written before');
    await laptop.backupPrivateKey('forgotten');
    await laptop.resetPrivateKeyBackup();
    expect(await laptop.backupPrivateKey('new')).toBe('done');
    const phone = await expectRestorable('new');
    expect(await phone.authDecrypt(message)).toBe('written before');
  });

  it('on a device without the key ends in a new key, which peers see, and old messages stay closed', async () => {
    const laptop = await registerDevice();
    const message = await laptop.authEncrypt('written before');
    await laptop.backupPrivateKey('forgotten');
    const kinds: string[] = [];
    const peer = await world.createClient(`peer ${count++}`, { onKeyChanged: ({ kind }) => kinds.push(kind) });
    await peer.findUsers(identity);

    const phone = await openDevice();
    await phone.rotatePrivateKey();
    await phone.resetPrivateKeyBackup();
    expect(await phone.backupPrivateKey('new')).toBe('done');
    await peer.findUsers(identity);
    expect(kinds).toEqual(['replaced']);
    const tablet = await expectRestorable('new');
    await expect(tablet.authDecrypt(message)).rejects.toThrow(withCode('envelope/not-a-recipient'));
  });

  it('that is remembered after the key was replaced opens old messages, and the backup takes the new key', async () => {
    const laptop = await registerDevice();
    const message = await laptop.authEncrypt('written before');
    await laptop.backupPrivateKey('remembered');
    const phone = await openDevice();
    await phone.rotatePrivateKey();
    await expect(phone.backupPrivateKey('remembered')).rejects.toThrow(withCode('backup/exists'));
    await expect(phone.restorePrivateKey('remembered')).rejects.toThrow(withCode('key/exists'));
    expect(await phone.authDecrypt(message)).toBe('written before');
    expect(await phone.backupPrivateKey('remembered')).toBe('done');
    const tablet = await expectRestorable('remembered');
    expect(await tablet.authDecrypt(message)).toBe('written before');
  });
});
