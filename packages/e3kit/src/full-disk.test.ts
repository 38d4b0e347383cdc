/** A device whose disk is full, at the start of a call or in the middle of it. The disk is a small one of its own. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { canMountDisk, openSmallDisk, type SmallDisk } from '@sotto/testing/small-disk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EThree } from './index.ts';
import { changeFilePassphrase, createFileCardCache, createFileKeyStore } from './node.ts';

const canRun = canMountDisk();
const skipped = canRun ? '' : ' (skipped, this system lets nobody mount one)';
const DISK_BYTES = 256 * 1024;
const full = { code: 'storage/full', family: 'storage' };
const key = { kind: 'bytes', bytes: new Uint8Array(32) } as const;

describe.runIf(canRun)(`on a full disk${skipped}`, () => {
  let world: World;
  let proxy: EvilProxy;
  let disk: SmallDisk;
  let count = 0;
  let identity = '';

  beforeAll(async () => {
    world = await startWorld();
    proxy = await startEvilProxy(world.service.url);
  });
  beforeEach(async () => {
    identity = `user ${count++}`;
    disk = await openSmallDisk(DISK_BYTES);
  });
  afterEach(async () => {
    proxy.meddle = undefined;
    await disk.close();
  });
  afterAll(async () => {
    await proxy.close();
    await world.close();
  });

  const keys = () => join(disk.folder, 'keys');

  /** The user of this test, with key store and card cache on the disk. */
  async function openDevice(): Promise<EThree> {
    const keyStore = await createFileKeyStore({ directory: keys(), key });
    const cardCache = await createFileCardCache({ directory: join(disk.folder, 'cards') });
    return world.createClient(identity, { apiUrl: proxy.url, keyStore, cardCache });
  }

  async function registerDevice(): Promise<EThree> {
    const device = await openDevice();
    await device.register();
    return device;
  }

  /** The same user on a disk that has room. */
  async function openOther({ registers = false } = {}): Promise<EThree> {
    const other = await world.createClient(identity);
    if (registers) await other.register();
    return other;
  }

  /** What is stored, to the last byte. */
  async function readEntries(): Promise<Map<string, string>> {
    const folder = join(keys(), 'entries');
    const names = await readdir(folder);
    return new Map(
      await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'hex')] as const)),
    );
  }

  /** Fills the disk, has the call refused with all as it was, makes room, and gives back what the same call does then. */
  async function repeatWithRoom<T>(call: () => Promise<T>): Promise<T> {
    const before = await readEntries();
    await disk.leave(0);
    await expect(call()).rejects.toMatchObject(full);
    expect(await readEntries()).toEqual(before);
    await disk.empty();
    return call();
  }

  /** Runs a call while the disk fills up when request `at`, counted from 0, comes by. Undefined where it succeeds all the same. */
  async function fillAt(at: number, call: () => Promise<unknown>): Promise<unknown> {
    let index = 0;
    proxy.meddle = async (_, forward) => {
      if (index++ === at) await disk.leave(0);
      return forward();
    };
    const failure = await call().then(
      () => undefined,
      (error: unknown) => error,
    );
    proxy.meddle = undefined;
    await disk.empty();
    return failure;
  }

  async function expectReadable(device: EThree): Promise<void> {
    const peer = await world.createClient(`peer ${count++}`);
    await peer.register();
    const message = await peer.authEncrypt('hi', await peer.findUsers(identity));
    expect(await device.authDecrypt(message, await device.findUsers(peer.identity))).toBe('hi');
  }

  it('nobody registers, since a card would be out whose key is kept nowhere', async () => {
    const device = await openDevice();
    await repeatWithRoom(async () => {
      await device.register();
      await expectReadable(device);
    });
  });

  // Requests: search, publish.
  it.each([0, 1])('that fills at request %i of a registration, the key of a published card is there', async (at) => {
    for (const isRestarted of [false, true]) {
      identity = `user ${count++}`;
      const device = await openDevice();
      expect(await fillAt(at, () => device.register())).toMatchObject(full);
      const again = isRestarted ? await openDevice() : device;
      if (!isRestarted || !(await again.hasLocalPrivateKey())) await again.register();
      await expectReadable(again);
    }
  });

  // Requests: search, read, brain key, write, check, publish, read, write, check.
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'that fills at request %i of a replacement, no key is lost, and the next call goes on',
    async (at) => {
      const device = await registerDevice();
      await device.backupPrivateKey('pwd');
      const before = await device.authEncrypt('before');
      expect(await fillAt(at, () => device.replacePrivateKey({ password: 'pwd' }))).toMatchObject(full);
      expect(await (await openDevice()).authDecrypt(before)).toBe('before');
      const other = await openOther();
      await other.restorePrivateKey('pwd');
      await expectReadable(other);

      const again = await openDevice();
      await again.replacePrivateKey({ password: 'pwd' });
      expect(await again.authDecrypt(before)).toBe('before');
      await expectReadable(again);
    },
  );

  it('a backup is not restored, and a key ring not imported', async () => {
    const other = await openOther({ registers: true });
    const before = await other.authEncrypt('before');
    await other.backupPrivateKey('pwd');
    const device = await openDevice();
    expect(await repeatWithRoom(() => device.restorePrivateKey('pwd'))).toBe('done');
    expect(await device.authDecrypt(before)).toBe('before');

    const text = await other.exportKeyRing('passphrase');
    await device.cleanup();
    expect(await repeatWithRoom(() => device.importKeyRing(text, 'passphrase'))).toBe('done');
    expect(await device.authDecrypt(before)).toBe('before');
  });

  it('what is there opens, decrypts and encrypts, and a user is looked up for the first time once there is room', async () => {
    const peer = await world.createClient(`peer ${count++}`);
    await peer.register();
    const before = await (await registerDevice()).authEncrypt('before');
    await disk.leave(0);
    const device = await openDevice();
    expect(await device.authDecrypt(before)).toBe('before');
    expect(await device.authDecrypt(await device.authEncrypt('now'))).toBe('now');
    await expect(device.findUsers(peer.identity)).rejects.toMatchObject(full);
    await disk.empty();
    expect(await device.findUsers(peer.identity)).toMatchObject({ identity: peer.identity });
  });

  it('a passphrase stays the former one', async () => {
    const open = (passphrase: string) =>
      createFileKeyStore({ directory: keys(), key: { kind: 'passphrase', passphrase } });
    const change = () => changeFilePassphrase({ directory: keys(), passphrase: 'former', newPassphrase: 'new' });
    const value = Uint8Array.of(1);
    await (await open('former')).save('alice', value);
    await disk.leave(0);
    await expect(change()).rejects.toMatchObject(full);
    expect(await (await open('former')).load('alice')).toMatchObject({ value });
    expect((await readdir(keys())).sort()).toEqual(['entries', 'key-store.json', 'locks']);
    await disk.empty();
    await change();
    expect(await (await open('new')).load('alice')).toMatchObject({ value });
  });
});
