import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OfficialDevice } from './device.ts';
import type { OfficialClients } from './process.ts';
import { openStage, type Stage } from './stage.ts';

const PASSWORD = 'correct horse';
const OTHER_PASSWORD = 'battery staple';
const wrongPassword = { name: 'WrongKeyknoxPasswordError' };
const noBackup = { name: 'PrivateKeyNoBackupError' };

let stage: Stage;
/** In another process than the first devices of the users. */
let elsewhere: OfficialClients;

beforeAll(async () => {
  stage = await openStage();
  elsewhere = await stage.startClients();
});
afterAll(() => stage.close());

describe('the official e3kit asks our service', () => {
  const guess = 'POST /pythia/v1/brainkey';
  const get = 'GET /keyknox/v1';
  const put = 'PUT /keyknox/v1';
  const pull = 'POST /keyknox/v2/pull';
  const push = 'POST /keyknox/v2/push';
  let first: OfficialDevice;
  let second: OfficialDevice;

  beforeAll(async () => {
    first = await stage.register('asking');
    second = await elsewhere.open('asking');
  });

  it.each<[string, string[], () => Promise<void>]>([
    ['back up', [guess, get, put], () => first.backupPrivateKey(PASSWORD)],
    ['restore', [guess, get], () => second.restorePrivateKey(PASSWORD)],
    ['change the password', [guess, get, guess, get, put], () => second.changePassword(PASSWORD, OTHER_PASSWORD)],
    ['remove its key from the backup', [guess, get, put], () => second.resetPrivateKeyBackup(OTHER_PASSWORD)],
    ['remove the backup', ['POST /keyknox/v1/reset'], () => second.resetPrivateKeyBackup()],
    ['back up by name', [guess, pull, push], () => first.backupPrivateKey(PASSWORD, 'work')],
    [
      'change the password of a named backup',
      [guess, guess, guess, pull, push],
      () => first.changePassword(PASSWORD, OTHER_PASSWORD, 'work'),
    ],
    [
      'restore by name',
      [guess, pull],
      async () => {
        await second.cleanup();
        await second.restorePrivateKey(OTHER_PASSWORD, 'work');
      },
    ],
    ['remove a named backup', ['POST /keyknox/v2/reset'], () => second.resetPrivateKeyBackupWithKeyName('work')],
  ])('to %s: %j', async (_name, requests, call) => {
    expect(await stage.requestsOf(call)).toEqual(requests);
  });
});

describe('the unnamed backup of the official e3kit', () => {
  it('brings the key to a second device, which reads and writes as the first does', async () => {
    const first = await stage.register('alice');
    const friend = await stage.register('friend');
    const letter = await friend.authEncrypt('to both', 'alice');
    await first.backupPrivateKey(PASSWORD);

    const second = await elsewhere.open('alice');
    await expect(second.restorePrivateKey(OTHER_PASSWORD)).rejects.toMatchObject(wrongPassword);
    expect(await second.hasLocalPrivateKey()).toBe(false);
    await second.restorePrivateKey(PASSWORD);

    expect(await second.exportPrivateKey()).toBe(await first.exportPrivateKey());
    expect(await second.authDecrypt(letter, 'friend')).toBe('to both');
    expect(await friend.authDecrypt(await second.authEncrypt('back', 'friend'), 'alice')).toBe('back');
    await expect(second.restorePrivateKey(PASSWORD)).rejects.toMatchObject({ name: 'PrivateKeyAlreadyExistsError' });
  });

  it('is made once: a second one exists already, or is under another password', async () => {
    const device = await stage.register('bob');
    await device.backupPrivateKey(PASSWORD);
    await expect(device.backupPrivateKey(PASSWORD)).rejects.toMatchObject({ name: 'CloudEntryExistsError' });
    await expect(device.backupPrivateKey(OTHER_PASSWORD)).rejects.toMatchObject(wrongPassword);
  });

  it('opens by the new password alone once it was changed', async () => {
    const device = await stage.register('carol');
    await device.backupPrivateKey(PASSWORD);
    await expect(device.changePassword('wrong', OTHER_PASSWORD)).rejects.toMatchObject(wrongPassword);
    await device.changePassword(PASSWORD, OTHER_PASSWORD);

    const second = await elsewhere.open('carol');
    await expect(second.restorePrivateKey(PASSWORD)).rejects.toMatchObject(wrongPassword);
    await second.restorePrivateKey(OTHER_PASSWORD);
    expect(await second.exportPrivateKey()).toBe(await device.exportPrivateKey());
  });

  it('keeps the former key after a rotation, until it is removed and made anew', async () => {
    const first = await stage.register('dave');
    await first.backupPrivateKey(PASSWORD);
    const old = await first.authEncrypt('of old');
    await first.cleanup();
    await first.rotatePrivateKey();
    await expect(first.backupPrivateKey(PASSWORD)).rejects.toMatchObject({ name: 'CloudEntryExistsError' });

    const second = await elsewhere.open('dave');
    await second.restorePrivateKey(PASSWORD);
    const reader = await stage.register('reader-of-dave');
    const forged = await second.authEncrypt('by the former key', reader.identity);
    await expect(reader.authDecrypt(forged, 'dave')).rejects.toMatchObject({ name: 'VirgilCryptoError' });

    await first.resetPrivateKeyBackup(PASSWORD);
    await first.backupPrivateKey(PASSWORD);
    await second.cleanup();
    await second.restorePrivateKey(PASSWORD);
    expect(await reader.authDecrypt(await second.authEncrypt('by the new one', reader.identity), 'dave')).toBe(
      'by the new one',
    );
    expect(await second.authDecrypt(await first.authEncrypt('of late'))).toBe('of late');
    await expect(second.authDecrypt(old)).rejects.toMatchObject({ name: 'FoundationError' });
  });

  it('outlives its user’s cards, and stands in the way of the next until it is removed', async () => {
    const device = await stage.register('erin');
    await device.backupPrivateKey(PASSWORD);
    const note = await device.authEncrypt('a note');
    await device.unregister();
    expect(await device.searchCards('erin')).toEqual([]);

    const second = await elsewhere.open('erin');
    await second.restorePrivateKey(PASSWORD);
    expect(await second.authDecrypt(note)).toBe('a note');

    await device.register();
    await expect(device.backupPrivateKey(PASSWORD)).rejects.toMatchObject({ name: 'CloudEntryExistsError' });
    await device.resetPrivateKeyBackup();
    await device.backupPrivateKey(OTHER_PASSWORD);
  });

  it('is removed with its password, under which its place stays', async () => {
    const device = await stage.register('frank');
    await device.backupPrivateKey(PASSWORD);
    await expect(device.resetPrivateKeyBackup('wrong')).rejects.toMatchObject(wrongPassword);
    await device.resetPrivateKeyBackup(PASSWORD);
    await expect((await elsewhere.open('frank')).restorePrivateKey(PASSWORD)).rejects.toMatchObject(noBackup);
    await expect(device.backupPrivateKey(OTHER_PASSWORD)).rejects.toMatchObject(wrongPassword);
    await device.backupPrivateKey(PASSWORD);
  });

  it('is removed without it, too, and the next one is under any', async () => {
    const device = await stage.register('niaj');
    await device.backupPrivateKey(PASSWORD);
    await device.resetPrivateKeyBackup();
    await expect((await elsewhere.open('niaj')).restorePrivateKey(PASSWORD)).rejects.toMatchObject(noBackup);
    await device.backupPrivateKey(OTHER_PASSWORD);
  });

  it('needs the key on the device', async () => {
    const device = await stage.register('peggy');
    await device.cleanup();
    await expect(device.backupPrivateKey(PASSWORD)).rejects.toMatchObject({ name: 'MissingPrivateKeyError' });
  });

  it('that is not there is no backup to restore or remove, and no obstacle to the rest', async () => {
    const device = await stage.register('grace');
    for (const call of [() => device.restorePrivateKey(PASSWORD), () => device.resetPrivateKeyBackup(PASSWORD)]) {
      await expect(call()).rejects.toMatchObject(noBackup);
    }
    await device.changePassword(PASSWORD, OTHER_PASSWORD);
    await device.resetPrivateKeyBackup();
    await device.backupPrivateKey(PASSWORD);
  });
});

describe('named backups of the official e3kit', () => {
  it('lie beside the unnamed one, each under a password of its own', async () => {
    const device = await stage.register('heidi');
    await device.backupPrivateKey('unnamed');
    await device.backupPrivateKey('of work', 'work');
    await device.backupPrivateKey('of home', 'home');
    for (const [password, ...name] of [['of work', 'work'], ['of home', 'home'], ['unnamed']] as const) {
      const second = await elsewhere.open('heidi');
      await second.restorePrivateKey(password, ...name);
      expect(await second.exportPrivateKey()).toBe(await device.exportPrivateKey());
    }
    await device.resetPrivateKeyBackupWithKeyName('work');
    const second = await elsewhere.open('heidi');
    await expect(second.restorePrivateKey('of work', 'work')).rejects.toMatchObject({ isTypeError: true });
    await second.restorePrivateKey('of home', 'home');
  });

  it('are written over by whoever has the password, and not by others', async () => {
    const device = await stage.register('ivan');
    await device.backupPrivateKey(PASSWORD, 'work');
    await device.cleanup();
    await device.rotatePrivateKey();
    await expect(device.backupPrivateKey(OTHER_PASSWORD, 'work')).rejects.toMatchObject({ name: 'FoundationError' });
    await device.backupPrivateKey(PASSWORD, 'work');
    await device.changePassword(PASSWORD, OTHER_PASSWORD, 'work');

    const second = await elsewhere.open('ivan');
    await expect(second.restorePrivateKey(PASSWORD, 'work')).rejects.toMatchObject({ name: 'FoundationError' });
    await second.restorePrivateKey(OTHER_PASSWORD, 'work');
    expect(await second.exportPrivateKey()).toBe(await device.exportPrivateKey());
  });
});
