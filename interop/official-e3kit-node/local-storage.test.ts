/** An app that switches from the official client to ours, in the same directory: its users keep their keys. */
import type { EThree } from '@sotto/e3kit';
import { changeFilePassphrase, createFileKeyStore, openNodeKeyStore } from '@sotto/e3kit/node';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OfficialDevice, OfficialOptions } from './device.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let parent: string;
let storageName: string;
let identity: string;
let users = 0;

beforeAll(async () => {
  stage = await openStage();
  parent = await mkdtemp(join(tmpdir(), 'sotto-interop-'));
});
afterAll(async () => {
  await stage.close();
  await rm(parent, { recursive: true, force: true });
});
beforeEach(() => {
  identity = `switching-${users++}`;
  storageName = join(parent, identity);
});

/** The official client in the directory. */
function openOfficial(options: OfficialOptions = {}): Promise<OfficialDevice> {
  const inDirectory: OfficialOptions & { readonly storageName: string } = { ...options, storageName };
  return stage.officials.open(identity, inDirectory);
}

/** Ours in the same one, without a keychain. */
async function openOurs(name = identity): Promise<EThree> {
  const { store } = await openNodeKeyStore({ storageName, keychain: false });
  return stage.world.createClient(name, { storageName, keyStore: store });
}

const fileOf = (name: string): string => join(storageName, createHash('sha256').update(name).digest('hex'));

describe('what the official e3kit leaves on Node', () => {
  it('is one file per entry, of JSON in clear, named by the hash of the name', async () => {
    const device = await openOfficial();
    await device.register();
    expect(await readdir(storageName)).toEqual([createHash('sha256').update(identity).digest('hex')]);
    const entry = JSON.parse(await readFile(fileOf(identity), 'utf8')) as Record<string, string>;
    const date: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(entry).toMatchObject({
      name: identity,
      value: await device.exportPrivateKey(),
      creationDate: date,
      modificationDate: date,
    });
    expect((await stat(fileOf(identity))).mode & 0o077).not.toBe(0);
  });
});

describe('an app that switches to our client', () => {
  it.each(['ED25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048'])(
    'keeps its users, whose %s key opens old messages and signs new ones',
    async (keyPairType) => {
      const device = await openOfficial({ keyPairType });
      await device.register();
      const friend = await stage.registerOurs(`${identity} friend`);
      const toFriend = await device.authEncrypt('of old', friend.identity);
      const toUser = await friend.authEncrypt('to the user', await friend.findUsers(identity));
      const toOneself = await device.encrypt('a note');

      const ours = await openOurs();

      expect(await ours.hasLocalPrivateKey()).toBe(true);
      await expect(ours.register()).rejects.toMatchObject({ name: 'IdentityAlreadyExistsError' });
      expect(await ours.authDecrypt(toUser, await ours.findUsers(friend.identity))).toBe('to the user');
      expect(await ours.authDecrypt(toFriend, await ours.findUsers(identity))).toBe('of old');
      expect(await ours.decrypt(toOneself)).toBe('a note');
      const fresh = await ours.authEncrypt('of late', await ours.findUsers(friend.identity));
      expect(await friend.authDecrypt(fresh, await friend.findUsers(identity))).toBe('of late');
      // And back again, as long as nobody has cleaned up.
      const again = await openOfficial({ keyPairType });
      expect(await again.authDecrypt(fresh, identity)).toBe('of late');
    },
  );

  it('has a ring of its own from then on, and cleanup leaves nothing of either', async () => {
    await (await openOfficial()).register();
    await openNodeKeyStore({ storageName, keychain: false });
    const ours = await stage.world.createClient(identity, { storageName, keyStore: undefined });
    const note = await ours.authEncrypt('a note');
    const before = await readFile(fileOf(identity));
    await rm(fileOf(identity));
    expect(await (await openOurs()).authDecrypt(note)).toBe('a note');

    await writeFile(fileOf(identity), before);
    await ours.cleanup();
    await expect(stat(fileOf(identity))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(join(storageName, 'entries'))).toEqual([]);
    expect(await (await openOurs()).hasLocalPrivateKey()).toBe(false);
    expect(await (await openOfficial()).hasLocalPrivateKey()).toBe(false);
  });

  it('can put the keys under a passphrase at that moment', async () => {
    await (await openOfficial()).register();
    const directory = join(parent, `${identity}-protected`);
    const openProtected = async (passphrase: string) =>
      stage.world.createClient(identity, {
        storageName,
        keyStore: await createFileKeyStore({ directory, key: { kind: 'passphrase', passphrase } }),
      });
    const note = await (await openProtected('correct horse')).authEncrypt('a note');
    await rm(fileOf(identity));
    await changeFilePassphrase({ directory, passphrase: 'correct horse', newPassphrase: 'battery staple' });
    expect(await (await openProtected('battery staple')).authDecrypt(note)).toBe('a note');
  });

  it('starts a user anew who is new there, beside the keys of others', async () => {
    await (await openOfficial()).register();
    const theirs = await readFile(fileOf(identity));
    const other = await openOurs(`${identity} other`);
    expect(await other.hasLocalPrivateKey()).toBe(false);
    await other.register();
    await other.cleanup();
    expect(await readFile(fileOf(identity))).toEqual(theirs);
  });

  it('does not take an entry that was cut short for no entry', async () => {
    await (await openOfficial()).register();
    const half = (await readFile(fileOf(identity), 'utf8')).slice(0, 60);
    await writeFile(fileOf(identity), half);
    await expect(openOurs()).rejects.toMatchObject({ code: 'storage/unreadable-official-key' });
    expect(await readFile(fileOf(identity), 'utf8')).toBe(half);
  });
});
