/** Backups of ours with former keys in them, in the hands of the official client, which knows of no such thing. */
import type { EThree } from '@sotto/e3kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OfficialDevice } from './device.ts';
import { createMovingUser, type MovingUser } from './moving-user.ts';
import { openStage, type Stage } from './stage.ts';

const PASSWORD = 'correct horse';
const OTHER_PASSWORD = 'battery staple';

let stage: Stage;
let friend: EThree;
let users = 0;
/** New for each test. */
let user: MovingUser;

/** The device of the user that has replaced its key. */
let ours: EThree;
/** To the former key, and to the current one. */
let old: string;
let late: string;

beforeAll(async () => {
  stage = await openStage();
  friend = await stage.registerOurs('friend');
});
afterAll(() => stage.close());
beforeEach(() => {
  user = createMovingUser(stage, { identity: `replacing-${users++}`, friend });
});

async function replaceAndBackUp(keyName?: string): Promise<void> {
  ours = await stage.registerOurs(user.identity);
  old = await user.receive('of old');
  await ours.backupPrivateKey(PASSWORD, keyName);
  await ours.replacePrivateKey({ password: PASSWORD, keyName });
  late = await user.receive('of late');
}

async function restoreOurs(password: string, keyName?: string): Promise<EThree> {
  const device = await user.openOurs();
  await device.restorePrivateKey(password, keyName);
  return device;
}

async function restoreOfficial(keyName?: string): Promise<OfficialDevice> {
  const device = await user.openOfficial();
  await device.restorePrivateKey(PASSWORD, keyName);
  return device;
}

describe.each<[string, string | undefined]>([
  ['the unnamed backup', undefined],
  ['a named backup', 'work'],
])('former keys in %s', (_place, keyName) => {
  beforeEach(() => replaceAndBackUp(keyName));

  it('do not disturb the official client, which restores the current one', async () => {
    const official = await restoreOfficial(keyName);
    expect(await user.read(official, late)).toBe('of late');
    expect(await user.send(official, 'hello')).toBe('hello');
    await expect(user.read(official, old)).rejects.toMatchObject({ name: 'FoundationError' });
  });

  it('are still there for our client after the official one has changed the password', async () => {
    await (await user.openOfficial()).changePassword(PASSWORD, OTHER_PASSWORD, keyName);
    const restored = await restoreOurs(OTHER_PASSWORD, keyName);
    expect(await user.read(restored, late)).toBe('of late');
    expect(await user.read(restored, old)).toBe('of old');
  });
});

describe('where the official client writes over a backup of ours', () => {
  it('former keys stay in the unnamed one, as it removes its own entry and makes it anew', async () => {
    await replaceAndBackUp();
    const official = await restoreOfficial();
    await official.resetPrivateKeyBackup(PASSWORD);
    await expect(restoreOurs(PASSWORD)).rejects.toMatchObject({ name: 'PrivateKeyNoBackupError' });
    await official.backupPrivateKey(PASSWORD);

    const restored = await restoreOurs(PASSWORD);
    expect(await user.read(restored, old)).toBe('of old');
    expect(await user.send(restored, 'hello')).toBe('hello');
  });

  it('former keys are gone from a named one, until a device of ours that has them backs up', async () => {
    await replaceAndBackUp('work');
    await (await restoreOfficial('work')).backupPrivateKey(PASSWORD, 'work');
    const restored = await restoreOurs(PASSWORD, 'work');
    await expect(user.read(restored, old)).rejects.toMatchObject({ code: 'envelope/not-a-recipient' });

    expect(await ours.backupPrivateKey(PASSWORD, 'work')).toBe('done');
    expect(await restored.restorePrivateKey(PASSWORD, 'work')).toBe('done');
    expect(await user.read(restored, old)).toBe('of old');
  });

  it('its new key joins those that a device of ours has read from the backup before', async () => {
    await replaceAndBackUp();
    const official = await user.openOfficial();
    await official.rotatePrivateKey();
    const device = await user.openOurs();
    await expect(device.restorePrivateKey(PASSWORD)).rejects.toMatchObject({ code: 'backup/outdated' });
    expect(await user.read(device, old)).toBe('of old');

    await official.resetPrivateKeyBackup();
    await official.backupPrivateKey(PASSWORD);
    await expect(ours.backupPrivateKey(PASSWORD)).rejects.toMatchObject({ name: 'CloudEntryExistsError' });
    await device.restorePrivateKey(PASSWORD);
    expect(await user.send(device, 'hello')).toBe('hello');
    expect(await device.backupPrivateKey(PASSWORD)).toBe('done');

    const next = await restoreOurs(PASSWORD);
    expect(await user.read(next, old)).toBe('of old');
    expect(await user.read(next, late)).toBe('of late');
  });
});
