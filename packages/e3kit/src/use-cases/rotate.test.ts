/** New keys for a user: after a loss, in good time, and the end of a user. */
import { cutFrom, type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createMemoryCardCache,
  createMemoryKeyStore,
  type EThree,
  type EThreeOptions,
  type KeyChange,
  MissingPrivateKeyError,
  PrivateKeyAlreadyExistsError,
  RegisterRequiredError,
  UsersNotFoundError,
  WrongKeyknoxPasswordError,
} from '../index.ts';

let world: World;
let proxy: EvilProxy;
let count = 0;
let identity = '';

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
});
beforeEach(() => {
  identity = `rotating user ${count++}`;
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

/** Somebody who has seen the user, and hears of changes. */
async function createObserver(): Promise<{ observer: EThree; changes: KeyChange[] }> {
  const changes: KeyChange[] = [];
  const observer = await world.createClient(`observer of ${identity} ${count++}`, {
    onKeyChanged: (change) => changes.push(change),
  });
  await observer.register();
  return { observer, changes };
}

/** That what others write now is read on this device. */
async function expectReadable(device: EThree): Promise<void> {
  const { observer } = await createObserver();
  const message = await observer.authEncrypt('hi', await observer.findUsers(device.identity));
  expect(await device.authDecrypt(message, await device.findUsers(observer.identity))).toBe('hi');
}

describe('rotatePrivateKey', () => {
  it('answers a lost device: a new key, seen by others as a replacement', async () => {
    await registerDevice();
    const { observer, changes } = await createObserver();
    await observer.findUsers(identity);

    const phone = await openDevice();
    await phone.rotatePrivateKey();
    await expectReadable(phone);
    await observer.findUsers(identity);
    expect(changes.map(({ kind }) => kind)).toEqual(['replaced']);
  });

  it('is for registered users without a key on this device', async () => {
    await expect((await openDevice()).rotatePrivateKey()).rejects.toThrow(RegisterRequiredError);
    await expect((await registerDevice()).rotatePrivateKey()).rejects.toThrow(PrivateKeyAlreadyExistsError);
  });

  it('at once with another change of cards is refused', async () => {
    await registerDevice();
    const phone = await openDevice();
    const first = phone.rotatePrivateKey();
    await expect(phone.register()).rejects.toMatchObject({ code: 'register/in-progress' });
    await expect(phone.unregister()).rejects.toMatchObject({ code: 'register/in-progress' });
    await first;
  });

  it('in two tabs at once gives one new key', async () => {
    await registerDevice();
    const keyStore = createMemoryKeyStore();
    const tabs = await Promise.all([openDevice({ keyStore }), openDevice({ keyStore })]);
    const outcomes = await Promise.allSettled(tabs.map((tab) => tab.rotatePrivateKey()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const tab of tabs) await expectReadable(tab);
  });
});

describe('replacePrivateKey', () => {
  it('is seen as a rotation, and reads what was written for the former keys', async () => {
    const laptop = await registerDevice();
    const { observer, changes } = await createObserver();
    const before = await observer.authEncrypt('before', await observer.findUsers(identity));
    await laptop.replacePrivateKey();
    await laptop.replacePrivateKey();
    await observer.findUsers(identity);
    expect(changes.map(({ kind }) => kind)).toEqual(['rotated']);
    expect(await laptop.authDecrypt(before, await laptop.findUsers(observer.identity))).toBe('before');
    await expectReadable(laptop);
  });

  it('leaves what was signed before good, by its date', async () => {
    const laptop = await registerDevice();
    const { observer } = await createObserver();
    const before = await laptop.authEncrypt('before', await laptop.findUsers(observer.identity));
    const past = new Date(Date.now() - 60_000);
    await laptop.replacePrivateKey();
    expect(await observer.authDecrypt(before, await observer.findUsers(identity), past)).toBe('before');
  });

  it('brings the backup up to date, and asks for its password where there is one', async () => {
    const laptop = await registerDevice();
    await laptop.backupPrivateKey('correct horse');
    await expect(laptop.replacePrivateKey()).rejects.toMatchObject({ code: 'backup/password-needed' });
    await expect(laptop.replacePrivateKey({ password: 'wrong' })).rejects.toThrow(WrongKeyknoxPasswordError);
    const before = await laptop.authEncrypt('before');
    await laptop.replacePrivateKey({ password: 'correct horse' });

    const phone = await openDevice();
    expect(await phone.restorePrivateKey('correct horse')).toBe('done');
    expect(await phone.authDecrypt(before)).toBe('before');
    await expectReadable(phone);
  });

  it('is for a device that has the current key', async () => {
    await expect((await openDevice()).replacePrivateKey()).rejects.toThrow(MissingPrivateKeyError);
    const laptop = await registerDevice();
    await (await openDevice()).rotatePrivateKey();
    await expect(laptop.replacePrivateKey()).rejects.toMatchObject({ code: 'key/not-current' });
  });

  // Requests: search, read, brain key, write, check, publish, read, write, check.
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('killed around request %i is finished by the next call', async (at) => {
    for (const isActedOn of [false, true]) {
      identity = `rotating user ${count++}`;
      const stores = { keyStore: createMemoryKeyStore(), cardCache: createMemoryCardCache() };
      const laptop = await registerDevice(stores);
      await laptop.backupPrivateKey('pwd');
      const { observer, changes } = await createObserver();
      const before = await observer.authEncrypt('before', await observer.findUsers(identity));
      proxy.meddle = cutFrom(at, isActedOn);
      await laptop.replacePrivateKey({ password: 'pwd' }).catch(() => {});
      proxy.meddle = undefined;

      // Whatever happened, the backup has the key of the card that is published.
      const phone = await openDevice();
      await phone.restorePrivateKey('pwd');
      await expectReadable(phone);

      const again = await openDevice(stores);
      await again.replacePrivateKey({ password: 'pwd' });
      await expectReadable(again);
      expect(await again.authDecrypt(before, await again.findUsers(observer.identity))).toBe('before');
      const tablet = await openDevice();
      await tablet.restorePrivateKey('pwd');
      expect(await tablet.authDecrypt(before, await tablet.findUsers(observer.identity))).toBe('before');
      await observer.findUsers(identity);
      expect(changes.map(({ kind }) => kind)).toEqual(['rotated']);
    }
  });
});

describe('unregister', () => {
  it('takes the user out of the directory and the keys off the device', async () => {
    const laptop = await registerDevice();
    const { observer } = await createObserver();
    await observer.findUsers(identity);
    await laptop.replacePrivateKey();
    await laptop.unregister();
    expect(await laptop.hasLocalPrivateKey()).toBe(false);
    await expect(observer.findUsers(identity)).rejects.toThrow(UsersNotFoundError);
    await expect(laptop.unregister()).rejects.toThrow(RegisterRequiredError);
    await laptop.register();
    await expectReadable(laptop);
  });

  it('that was cut off is finished by the next call', async () => {
    const keyStore = createMemoryKeyStore();
    const laptop = await registerDevice({ keyStore });
    proxy.meddle = cutFrom(1, true);
    await expect(laptop.unregister()).rejects.toMatchObject({ family: 'transport' });
    proxy.meddle = undefined;
    const again = await openDevice({ keyStore });
    expect(await again.hasLocalPrivateKey()).toBe(true);
    await again.unregister();
    expect(await again.hasLocalPrivateKey()).toBe(false);
  });

  it('works on a device that never had the key', async () => {
    await registerDevice();
    const { observer } = await createObserver();
    await (await openDevice()).unregister();
    await expect(observer.findUsers(identity)).rejects.toThrow(UsersNotFoundError);
  });
});
