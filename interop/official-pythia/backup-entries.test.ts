/** One value under one password, in which the official storage has entries of an app beside the key ring of our client. */
import { bytesToBase64 } from '@sotto/core';
import type { EThree } from '@sotto/e3kit';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { official, type OfficialKeyPair } from './official.ts';
import { createUser, openCloudStorage } from './user.ts';

const PASSWORD = 'correct horse';

let world: World;
let friend: EThree;
let users = 0;
let identity: string;
let ours: EThree;

beforeAll(async () => {
  world = await startWorld();
  friend = await world.createClient('friend');
  await friend.register();
});
afterAll(() => world.close());
beforeEach(async () => {
  identity = `user-${users++}`;
  ours = await world.createClient(identity);
  await ours.register();
});

/** The official storage under the password, as it is now. */
async function openOfficial(password = PASSWORD) {
  const user = createUser(world, identity);
  return openCloudStorage(user, (await user.brainKey.generateKeyPair(password)) as OfficialKeyPair);
}

/** Names of the entries that hold no former key. */
async function namesIn(password?: string): Promise<string[]> {
  const names = (await openOfficial(password)).retrieveAllEntries().map(({ name }) => name);
  return names.filter((name) => !/^sotto-former-key:[0-9a-f]{16}$/.test(name));
}

async function restore(password = PASSWORD): Promise<EThree> {
  const device = await world.createClient(identity);
  await device.restorePrivateKey(password);
  return device;
}

describe('an entry that an app keeps by the official storage', () => {
  it('stays as it is in all that our client does with its backup', async () => {
    const entry = await (await openOfficial()).storeEntry('of the app', bytesToBase64(new Uint8Array(100)), { a: 'b' });
    const expectToStay = async (password?: string) => {
      expect((await openOfficial(password)).retrieveEntry('of the app')).toEqual(entry);
    };
    await ours.backupPrivateKey(PASSWORD);
    await expectToStay();
    await ours.replacePrivateKey({ password: PASSWORD });
    await expectToStay();
    await ours.changePassword(PASSWORD, 'another');
    await expectToStay('another');
    await restore('another');
    await ours.resetPrivateKeyBackup('another');
    expect(await namesIn('another')).toEqual(['of the app']);
    await expectToStay('another');
  });
});

describe('a key ring of our client', () => {
  let letter: string;

  beforeEach(async () => {
    letter = await friend.authEncrypt('of old', await friend.findUsers(identity));
    await ours.backupPrivateKey(PASSWORD);
    await ours.replacePrivateKey({ password: PASSWORD });
  });

  it('stays whole where the official storage adds, changes and deletes entries of its own', async () => {
    const storage = await openOfficial();
    await storage.storeEntry('of the app', 'AAAA');
    await storage.updateEntry('of the app', 'BBBB');
    expect(await namesIn()).toEqual([identity, 'of the app']);
    await storage.deleteEntry('of the app');
    expect(await (await restore()).authDecrypt(letter, await friend.findUsers('friend'))).toBe('of old');
  });

  it('is passed on whole to the key of another password', async () => {
    const next = (await createUser(world, identity).brainKey.generateKeyPair('another')) as OfficialKeyPair;
    await (await openOfficial()).updateRecipients({ newPrivateKey: next.privateKey, newPublicKeys: next.publicKey });
    expect(await (await restore('another')).authDecrypt(letter, await friend.findUsers('friend'))).toBe('of old');
  });

  it('has no backup where the official storage has deleted its current key, and is made whole by the next one', async () => {
    await (await openOfficial()).deleteEntry(identity);
    await expect(restore()).rejects.toMatchObject({ name: 'PrivateKeyNoBackupError' });
    expect(await ours.backupPrivateKey(PASSWORD)).toBe('done');
    expect(await namesIn()).toEqual([identity]);
    expect(await (await restore()).authDecrypt(letter, await friend.findUsers('friend'))).toBe('of old');
  });

  it('is refused where an app has put something else under the user’s identity', async () => {
    await (await openOfficial()).updateEntry(identity, bytesToBase64(official.getRandomBytes(16)));
    await expect(restore()).rejects.toMatchObject({ code: 'key/malformed' });
  });
});
