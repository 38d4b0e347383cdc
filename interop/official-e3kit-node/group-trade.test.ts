/** Groups that the official client and ours share: made, changed and read by either, and by both for one initiator. */
import type { Card, EThree, Group } from '@sotto/e3kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OfficialDevice, OfficialGroup } from './device.ts';
import { openStage, type Stage } from './stage.ts';

const PASSWORD = 'correct horse';

let stage: Stage;
/** Alice has the official client and ours, with one key. */
let officialAlice: OfficialDevice;
let ourAlice: EThree;
/** Bob has the official client, carol ours. */
let bob: OfficialDevice;
let carol: EThree;
let count = 0;
/** New for each test. */
let id: string;

beforeAll(async () => {
  stage = await openStage();
  officialAlice = await stage.register('alice');
  await officialAlice.backupPrivateKey(PASSWORD);
  ourAlice = await stage.world.createClient('alice');
  await ourAlice.restorePrivateKey(PASSWORD);
  bob = await stage.register('bob');
  carol = await stage.registerOurs('carol');
});
afterAll(() => stage.close());
beforeEach(() => {
  id = `shared group ${count++}`;
});

const find = (identity: string): Promise<Card> => ourAlice.findUsers(identity);
const loadOurs = async (client: EThree): Promise<Group> => client.loadGroup(id, await client.findUsers('alice'));
/** As text, since that is how most apps carry them, and as bytes. */
const LETTERS = ['', 'Grüße, 世界 🔐', 'x'.repeat(29_915)];
const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

/** That bob and carol, and with them both clients, read each other in the group as they have it. */
async function expectToTalk(ofBob: OfficialGroup, ofCarol: Group): Promise<void> {
  for (const text of LETTERS) {
    expect(await ofCarol.decrypt(await ofBob.encrypt(text), await find('bob'))).toBe(text);
    expect(await ofBob.decrypt(await ofCarol.encrypt(text), 'carol')).toBe(text);
  }
  expect(await ofCarol.decrypt(await ofBob.encrypt(BYTES), await find('bob'))).toEqual(Buffer.from(BYTES));
  expect(Buffer.from(await ofBob.decrypt(await ofCarol.encrypt(BYTES), 'carol'))).toEqual(Buffer.from(BYTES));
}

describe.each<[string, () => Promise<unknown>]>([
  ['ours', async () => ourAlice.createGroup(id, await ourAlice.findUsers(['bob', 'carol']))],
  ['the official client', () => officialAlice.createGroup(id, ['bob', 'carol'])],
])('a group that %s has made', (_name, create) => {
  it('is loaded and read by both', async () => {
    await create();
    const [ofBob, ofCarol] = [await bob.loadGroup(id, 'alice'), await loadOurs(carol)];
    for (const participants of [await ofBob.participants(), ofCarol.participants]) {
      expect(participants.toSorted()).toEqual(['alice', 'bob', 'carol']);
    }
    expect([await ofBob.initiator(), ofCarol.initiator]).toEqual(['alice', 'alice']);
    expect([await ofBob.isEditable(), ofCarol.isEditable()]).toEqual([false, false]);
    await expectToTalk(ofBob, ofCarol);
  });

  it('is changed by either client of its initiator, and the other goes on from there', async () => {
    await create();
    const dave = await stage.register(`dave-${count}`);
    const erin = await stage.registerOurs(`erin-${count}`);
    const [ofBob, ofCarol] = [await bob.loadGroup(id, 'alice'), await loadOurs(carol)];
    const first = await ofCarol.encrypt('in the first epoch');

    const official = await officialAlice.loadGroup(id, 'alice');
    const ours = await loadOurs(ourAlice);
    await official.add(dave.identity);
    await ours.add(await find(erin.identity));
    const [ofDave, ofErin] = [await dave.loadGroup(id, 'alice'), await loadOurs(erin)];
    expect(await ofDave.decrypt(first, 'carol')).toBe('in the first epoch');
    expect(await ofErin.decrypt(first, await find('carol'))).toBe('in the first epoch');

    await ours.update();
    await ours.remove(await find(dave.identity));
    await official.update();
    await official.remove(erin.identity);
    await ours.update();
    expect(ours.participants.toSorted()).toEqual(['alice', 'bob', 'carol']);
    expect((await official.participants()).toSorted()).toEqual(['alice', 'bob', 'carol']);

    await Promise.all([ofBob.update(), ofCarol.update()]);
    await expectToTalk(ofBob, ofCarol);
    const last = await ofCarol.encrypt('in the third epoch');
    await expect(ofDave.decrypt(last, 'carol')).rejects.toMatchObject({ name: 'GroupError', errorCode: 10 });
    await expect(ofErin.decrypt(last, await find('carol'))).rejects.toMatchObject({ errorCode: 10 });
    await expect(dave.loadGroup(id, 'alice')).rejects.toMatchObject({ name: 'GroupError', errorCode: 11 });
    await expect(loadOurs(erin)).rejects.toMatchObject({ name: 'GroupError', errorCode: 3 });
  });

  it('takes a member with a new key in again, through either client', async () => {
    await create();
    const official = await officialAlice.loadGroup(id, 'alice');
    const ours = await loadOurs(ourAlice);
    const dave = await stage.register(`dave-${count}`);
    const erin = await stage.registerOurs(`erin-${count}`);
    await ours.add(await ourAlice.findUsers([dave.identity, erin.identity]));
    await official.update();
    const before = await ours.encrypt('before the new keys');

    for (const member of [dave, erin]) {
      await member.cleanup();
      await member.rotatePrivateKey();
    }
    await ours.reAdd(await find(dave.identity));
    await official.reAdd(erin.identity);
    expect(await (await dave.loadGroup(id, 'alice')).decrypt(before, 'alice')).toBe('before the new keys');
    expect(await (await loadOurs(erin)).decrypt(before, await find('alice'))).toBe('before the new keys');
  });

  it('is deleted by either client for both', async () => {
    await create();
    await ourAlice.deleteGroup(id);
    await expect(bob.loadGroup(id, 'alice')).rejects.toMatchObject({ name: 'GroupError', errorCode: 11 });
    await create();
    await officialAlice.deleteGroup(id);
    await expect(loadOurs(carol)).rejects.toMatchObject({ name: 'GroupError', errorCode: 3 });
  });

  it('is not made once more by the other', async () => {
    await create();
    const refusal = { name: 'GroupTicketAlreadyExistsError' };
    await expect(officialAlice.createGroup(id)).rejects.toMatchObject(refusal);
    await expect(ourAlice.createGroup(id)).rejects.toMatchObject(refusal);
  });
});

describe('a message longer than readers take', () => {
  it('is refused by ours, where the official client encrypts what nobody can read', async () => {
    const group = await ourAlice.createGroup(id, await find('bob'));
    const ofBob = await bob.loadGroup(id, 'alice');
    const tooLong = 'x'.repeat(29_916);
    await expect(group.encrypt(tooLong)).rejects.toMatchObject({ code: 'group/too-long' });
    const unreadable = await ofBob.encrypt(tooLong);
    await expect(ofBob.decrypt(unreadable, 'bob')).rejects.toThrow();
    await expect(group.decrypt(unreadable, await find('bob'))).rejects.toMatchObject({ code: 'group/malformed' });
  });
});
