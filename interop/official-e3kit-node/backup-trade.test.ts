/** A user who moves between the official client and ours by a backup at our service, both ways. */
import { bytesToBase64, bytesToHex } from '@sotto/core';
import { EThree } from '@sotto/e3kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OfficialDevice } from './device.ts';
import { createMovingUser, type MovingUser } from './moving-user.ts';
import { openStage, type Stage } from './stage.ts';

const KEY_TYPES = ['ED25519', 'CURVE25519_ED25519', 'SECP256R1'] as const;
const PASSWORD = 'correct horse';
const OTHER_PASSWORD = 'Grüße, 世界 🔑';
const wrongPassword = { name: 'WrongKeyknoxPasswordError' };

let stage: Stage;
let friend: EThree;
let users = 0;
/** New for each test. */
let user: MovingUser;

beforeAll(async () => {
  stage = await openStage();
  friend = await stage.registerOurs('friend');
});
afterAll(() => stage.close());
beforeEach(() => {
  user = createMovingUser(stage, { identity: `moving-${users++}`, friend });
});

describe.each<[string, string | undefined]>([
  ['the unnamed backup', undefined],
  ['a named backup', 'work'],
])('%s', (_place, keyName) => {
  it.each(KEY_TYPES)(
    'of the official client is restored by ours, which reads and writes on, with a key of type %s',
    async (keyPairType) => {
      const official = await stage.register(user.identity, { keyPairType });
      const letter = await user.receive('to the official one');
      const note = await official.authEncrypt('a note');
      await official.backupPrivateKey(PASSWORD, keyName);

      const ours = await user.openOurs();
      await expect(ours.restorePrivateKey(OTHER_PASSWORD, keyName)).rejects.toMatchObject(wrongPassword);
      expect(await ours.restorePrivateKey(PASSWORD, keyName)).toBe('done');

      expect(await user.read(ours, letter)).toBe('to the official one');
      expect(await ours.authDecrypt(note)).toBe('a note');
      expect(await user.send(ours, 'hello')).toBe('hello');
      expect(await ours.backupPrivateKey(PASSWORD, keyName)).toBe('already-done');
    },
  );

  it.each(KEY_TYPES)(
    'of ours is restored by the official client, which reads and writes on, with a key of type %s',
    async (keyPairType) => {
      const ours = await stage.registerOurs(user.identity, { keyPairType });
      const letter = await user.receive('to ours');
      await ours.backupPrivateKey(PASSWORD, keyName);

      const official = await user.openOfficial();
      await expect(official.restorePrivateKey(OTHER_PASSWORD, keyName)).rejects.toMatchObject({
        name: keyName ? 'FoundationError' : 'WrongKeyknoxPasswordError',
      });
      await official.restorePrivateKey(PASSWORD, keyName);

      expect(await user.read(official, letter)).toBe('to ours');
      expect(await user.send(official, 'hello')).toBe('hello');
    },
  );

  it('has its password changed by either client, whichever has made it', async () => {
    const official = await stage.register(user.identity);
    await official.backupPrivateKey('first', keyName);
    const ours = await user.openOurs();
    await expect(ours.changePassword('wrong', 'second', keyName)).rejects.toMatchObject(wrongPassword);
    expect(await ours.changePassword('first', 'second', keyName)).toBe('done');
    await official.changePassword('second', 'third', keyName);
    await ours.restorePrivateKey('third', keyName);
    expect(await user.send(ours, 'hello')).toBe('hello');

    const again = await user.openOfficial();
    await again.restorePrivateKey('third', keyName);
    expect(await again.exportPrivateKey()).toBe(await official.exportPrivateKey());
  });

  it('takes bytes as a password, as both clients derive them from one', async () => {
    const official = await stage.register(user.identity);
    const theirs = await official.derivePasswords(OTHER_PASSWORD);
    const { loginPassword, backupPassword } = EThree.derivePasswords(OTHER_PASSWORD);
    expect(bytesToHex(theirs.loginPassword)).toBe(bytesToHex(loginPassword));
    await official.backupPrivateKey(theirs.backupPassword, keyName);

    const ours = await user.openOurs();
    await ours.restorePrivateKey(backupPassword, keyName);
    const text = bytesToBase64(backupPassword);
    await expect(ours.restorePrivateKey(text, keyName)).rejects.toMatchObject(wrongPassword);
  });

  it('is removed by either client, and then there is none for the other', async () => {
    const remove = (device: EThree | OfficialDevice) =>
      keyName ? device.resetPrivateKeyBackupWithKeyName(keyName) : device.resetPrivateKeyBackup();
    const official = await stage.register(user.identity);
    const ours = await user.openOurs();
    await official.backupPrivateKey(PASSWORD, keyName);
    await remove(ours);
    await expect((await user.openOfficial()).restorePrivateKey(PASSWORD, keyName)).rejects.toMatchObject({
      name: keyName ? 'TypeError' : 'PrivateKeyNoBackupError',
    });

    await official.backupPrivateKey(OTHER_PASSWORD, keyName);
    await remove(official);
    await expect(ours.restorePrivateKey(OTHER_PASSWORD, keyName)).rejects.toMatchObject({
      name: 'PrivateKeyNoBackupError',
    });
  });
});
