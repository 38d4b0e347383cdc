/** Keyknox by the official client over our service: entries of one user in one value, on several devices. */
import { startWorld, type World } from '@sotto/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { official, officialKeyknox, officialSdk } from './official.ts';
import { createUser, type OfficialUser, openCloudStorage } from './user.ts';

const changed = { name: 'KeyknoxClientError', status: 400, code: 50010 };

let world: World;
let folder: string;
let user: OfficialUser;
let users = 0;

beforeAll(async () => {
  world = await startWorld();
  folder = await mkdtemp(join(tmpdir(), 'sotto-interop-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  user = createUser(world, `user-${users++}`);
});

const namesIn = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name).toSorted();

describe('CloudKeyStorage', () => {
  it('keeps entries for the user’s other devices, with dates and meta', async () => {
    const first = await openCloudStorage(user);
    const stored = await first.storeEntry('a', 'AAAA', { of: 'meta' });
    await first.storeEntries([
      { name: 'b', data: 'BBBB' },
      { name: 'c', data: 'CCCC' },
    ]);
    const second = await openCloudStorage(user);
    expect(second.retrieveEntry('a')).toEqual(stored);
    expect(namesIn(second.retrieveAllEntries())).toEqual(['a', 'b', 'c']);
    await second.updateEntry('a', 'DDDD');
    await second.deleteEntries(['b', 'c']);
    await first.retrieveCloudEntries();
    expect(first.retrieveAllEntries()).toMatchObject([
      { name: 'a', data: 'DDDD', creationDate: stored.creationDate, meta: null },
    ]);
  });

  it('does not write over what another device has stored since', async () => {
    const [first, second] = [await openCloudStorage(user), await openCloudStorage(user)];
    await first.storeEntry('a', 'AAAA');
    await expect(second.storeEntry('b', 'BBBB')).rejects.toMatchObject(changed);
    await second.retrieveCloudEntries();
    await second.storeEntry('b', 'BBBB');
    expect(namesIn((await openCloudStorage(user)).retrieveAllEntries())).toEqual(['a', 'b']);
  });

  it('does not write over what was removed since, which it would bring back', async () => {
    const [first, second] = [await openCloudStorage(user), await openCloudStorage(user)];
    await first.storeEntry('a', 'AAAA');
    await second.retrieveCloudEntries();
    await first.deleteAllEntries();
    await expect(second.storeEntry('b', 'BBBB')).rejects.toMatchObject(changed);
    await first.storeEntry('c', 'CCCC');
    expect(namesIn((await openCloudStorage(user)).retrieveAllEntries())).toEqual(['c']);
  });

  it('lets one of many devices win that write at once', async () => {
    const devices = await Promise.all(Array.from({ length: 8 }, () => openCloudStorage(user)));
    const outcomes = await Promise.allSettled(devices.map((device, index) => device.storeEntry(`${index}`, 'AAAA')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of refusals) expect(reason).toMatchObject(changed);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(namesIn((await openCloudStorage(user)).retrieveAllEntries())).toEqual([`${winner}`]);
  });

  it('passes entries on to a new key, and closes them to the former one', async () => {
    const storage = await openCloudStorage(user);
    await storage.storeEntry('a', 'AAAA');
    const next = official.generateKeys();
    await storage.updateRecipients({ newPrivateKey: next.privateKey, newPublicKeys: next.publicKey });
    await expect(openCloudStorage(user)).rejects.toMatchObject({ name: 'FoundationError' });
    expect((await openCloudStorage(user, next)).retrieveEntry('a').data).toBe('AAAA');
  });

  it('keeps a value of the largest size that fits our service', async () => {
    const data = 'A'.repeat(1024 * 1024 - 1000);
    await (await openCloudStorage(user)).storeEntry('large', data);
    expect((await openCloudStorage(user)).retrieveEntry('large').data).toBe(data);
  });

  it('has entries of one name apart from those of another user, and of another application', async () => {
    const namesake = createUser({ ...world, app: await world.createApplication() }, user.identity);
    const others = [createUser(world, `${user.identity}, another`), namesake];
    await (await openCloudStorage(user)).storeEntry('a', 'AAAA');
    for (const other of others) expect((await openCloudStorage(other)).retrieveAllEntries()).toEqual([]);
  });

  it('keeps values under names beside, which no other user reads', async () => {
    const storage = await openCloudStorage(user);
    await storage.storeEntry(user.identity, 'AAAA', 'name');
    expect(await (await openCloudStorage(user)).fetchEntryByKey(user.identity, 'name')).toMatchObject({ data: 'AAAA' });
    expect(storage.retrieveAllEntries()).toEqual([]);
    const stranger = await openCloudStorage(createUser(world, `${user.identity}, another`), user.pair);
    expect(await stranger.fetchEntryByKey(user.identity, 'name')).toBeUndefined();
  });
});

describe('SyncKeyStorage', () => {
  async function openDevice(name: string) {
    const { keyknox, identity, pair } = user;
    const cloud = new officialKeyknox.CloudKeyStorage(keyknox, pair.privateKey, pair.publicKey);
    const local = new officialSdk.KeyEntryStorage(join(folder, `${identity}-${name}`));
    const device = new officialKeyknox.SyncKeyStorage(identity, cloud, local);
    await device.sync();
    return device;
  }

  it('brings two devices level, whichever stores, changes or deletes', async () => {
    const [phone, laptop] = [await openDevice('phone'), await openDevice('laptop')];
    await phone.storeEntry('a', 'AAAA', { of: 'meta' });
    await laptop.sync();
    expect(await laptop.retrieveEntry('a')).toMatchObject({ value: 'AAAA', meta: { of: 'meta' } });

    await laptop.storeEntry('b', 'BBBB');
    await expect(phone.storeEntry('c', 'CCCC')).rejects.toMatchObject(changed);
    await phone.sync();
    await phone.updateEntry('b', 'DDDD');
    await phone.deleteEntry('a');
    await laptop.sync();
    expect(namesIn(await laptop.retrieveAllEntries())).toEqual(['b']);
    expect(await laptop.retrieveEntry('b')).toMatchObject({ value: 'DDDD' });

    await phone.deleteAllEntries();
    await laptop.sync();
    expect(await laptop.retrieveAllEntries()).toEqual([]);
  });

  it('goes on after a restart, from what is on the device', async () => {
    await (await openDevice('phone')).storeEntry('a', 'AAAA');
    const again = await openDevice('phone');
    expect(await again.retrieveEntry('a')).toMatchObject({ value: 'AAAA' });
    await expect(again.storeEntry('a', 'BBBB')).rejects.toMatchObject({ name: 'KeyEntryExistsError' });
  });
});
