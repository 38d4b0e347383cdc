/** Groups of the official client over our service, between members who share nothing else. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OfficialDevice, OfficialGroup } from './device.ts';
import type { OfficialClients } from './process.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let elsewhere: OfficialClients;
let alice: OfficialDevice;
let bob: OfficialDevice;
let carol: OfficialDevice;
let dave: OfficialDevice;
let groups = 0;
/** New for each test. */
let id: string;

beforeAll(async () => {
  stage = await openStage();
  elsewhere = await stage.startClients();
  alice = await stage.register('alice');
  [bob, carol, dave] = (await Promise.all(
    ['bob', 'carol', 'dave'].map(async (identity) => {
      const device = await elsewhere.open(identity);
      await device.register();
      return device;
    }),
  )) as [OfficialDevice, OfficialDevice, OfficialDevice];
});
afterAll(() => stage.close());
beforeEach(() => {
  id = `group number ${groups++}`;
});

/** The client goes on before its device has stored or deleted a group. */
const storing = { timeout: 20_000 };

const groupError = (errorCode: number) => ({ name: 'GroupError', errorCode });

describe('a group of official users', () => {
  it('is created by one, loaded by the others, and read by all', async () => {
    const mine = await alice.createGroup(id, ['bob', 'carol']);
    const theirs = [await bob.loadGroup(id, 'alice'), await carol.loadGroup(id, 'alice')] as const;
    for (const group of [mine, ...theirs]) {
      expect(await group.initiator()).toBe('alice');
      expect((await group.participants()).toSorted()).toEqual(['alice', 'bob', 'carol']);
    }
    expect([await mine.isEditable(), await theirs[0].isEditable()]).toEqual([true, false]);

    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
    expect(await theirs[0].decrypt(await mine.encrypt('Grüße, 世界 🔐'), 'alice')).toBe('Grüße, 世界 🔐');
    expect(await theirs[1].decrypt(await theirs[0].encrypt(bytes), 'bob')).toEqual(Buffer.from(bytes));
    expect(await mine.decrypt(await theirs[1].encrypt(''), 'carol')).toBe('');
  });

  it('is kept on each device, and asked for there without our service', async () => {
    await alice.createGroup(id, 'bob');
    expect(await bob.getGroup(id)).toBeNull();
    const message = await (await bob.loadGroup(id, 'alice')).encrypt('from bob');
    await expect.poll(() => bob.getGroup(id), storing).not.toBeNull();
    expect(await stage.requestsOf(async () => (await bob.getGroup(id))!.encrypt('again'))).toEqual([]);
    expect(await (await alice.getGroup(id))!.decrypt(message, 'bob')).toBe('from bob');
  });

  it('is another one where another user has created it under the same id', async () => {
    await alice.createGroup(id, 'carol');
    await bob.createGroup(id, 'carol');
    const [ofAlice, ofBob] = [await carol.loadGroup(id, 'alice'), await carol.loadGroup(id, 'bob')];
    expect([await ofAlice.initiator(), await ofBob.initiator()]).toEqual(['alice', 'bob']);
  });

  it('has room for a hundred, and refuses one more by itself', async () => {
    const identities = Array.from({ length: 100 }, (_, index) => `member-${index}`);
    for (const identity of identities) await stage.registerOurs(identity);
    await expect(alice.createGroup(id, identities)).rejects.toMatchObject(groupError(6));
    const group = await alice.createGroup(id, [...identities.slice(0, 98), 'bob']);
    expect(await group.participants()).toHaveLength(100);
    expect(await (await bob.loadGroup(id, 'alice')).participants()).toHaveLength(100);
    await expect(group.add('carol')).rejects.toMatchObject(groupError(5));
  });
});

describe('the initiator of an official group', () => {
  let mine: OfficialGroup;
  let ofBob: OfficialGroup;

  beforeEach(async () => {
    mine = await alice.createGroup(id, ['bob', 'carol']);
    ofBob = await bob.loadGroup(id, 'alice');
  });

  it('adds members, who read what was written before', async () => {
    const message = await mine.encrypt('before dave');
    await expect(dave.loadGroup(id, 'alice')).rejects.toMatchObject(groupError(11));
    await mine.add('dave');
    const ofDave = await dave.loadGroup(id, 'alice');
    expect(await ofDave.decrypt(message, 'alice')).toBe('before dave');
    expect(await ofBob.decrypt(await ofDave.encrypt('hello'), 'dave')).toBe('hello');

    expect(await ofBob.participants()).not.toContain('dave');
    await ofBob.update();
    expect(await ofBob.participants()).toContain('dave');
    await expect(mine.add('dave')).rejects.toMatchObject(groupError(12));
  });

  it('removes members, who can neither read on nor load the group again', async () => {
    const before = await mine.encrypt('with carol');
    const ofCarol = await carol.loadGroup(id, 'alice');
    await mine.remove('carol');
    const after = await mine.encrypt('without carol');

    await expect(ofBob.decrypt(after, 'alice')).rejects.toMatchObject(groupError(10));
    await ofBob.update();
    expect(await ofBob.decrypt(after, 'alice')).toBe('without carol');
    expect(await ofBob.decrypt(before, 'alice')).toBe('with carol');
    expect((await ofBob.participants()).toSorted()).toEqual(['alice', 'bob']);

    await expect(ofCarol.decrypt(after, 'alice')).rejects.toMatchObject(groupError(10));
    await expect(ofCarol.update()).rejects.toMatchObject(groupError(11));
    await expect(carol.loadGroup(id, 'alice')).rejects.toMatchObject(groupError(11));
    await expect.poll(() => carol.getGroup(id), storing).toBeNull();
    await expect(mine.remove('carol')).rejects.toMatchObject(groupError(5));
  });

  it('lets a member in again who was removed, with the messages of the time between', async () => {
    await mine.remove('carol');
    const between = await mine.encrypt('without carol');
    await mine.add('carol');
    expect(await (await carol.loadGroup(id, 'alice')).decrypt(between, 'alice')).toBe('without carol');
  });

  it('adds a member anew who has a new key, in all epochs', async () => {
    const erin = await stage.register(`erin-${groups}`);
    await mine.add(erin.identity);
    const before = await mine.encrypt('of old');
    await mine.remove('carol');
    const after = await mine.encrypt('of late');
    await erin.cleanup();
    await erin.rotatePrivateKey();
    await expect(erin.loadGroup(id, 'alice')).rejects.toMatchObject(groupError(3));

    await mine.reAdd(erin.identity);

    const group = await erin.loadGroup(id, 'alice');
    expect([await group.decrypt(before, 'alice'), await group.decrypt(after, 'alice')]).toEqual(['of old', 'of late']);
    await ofBob.update();
    expect(await ofBob.decrypt(await group.encrypt('back'), erin.identity)).toBe('back');
  });

  it('deletes it for all, and can create it anew', async () => {
    await expect(alice.createGroup(id, 'bob')).rejects.toMatchObject({ name: 'GroupTicketAlreadyExistsError' });
    await alice.deleteGroup(id);
    await expect.poll(() => alice.getGroup(id), storing).toBeNull();
    await expect(bob.loadGroup(id, 'alice')).rejects.toMatchObject(groupError(11));
    await expect(ofBob.update()).rejects.toMatchObject(groupError(11));
    await alice.deleteGroup(id);

    const anew = await alice.createGroup(id, 'bob');
    expect(await (await bob.loadGroup(id, 'alice')).decrypt(await anew.encrypt('anew'), 'alice')).toBe('anew');
  });

  it.each<[string, (group: OfficialGroup) => Promise<void>]>([
    ['adds', (group) => group.add('dave')],
    ['removes', (group) => group.remove('carol')],
    ['adds anew', (group) => group.reAdd('carol')],
  ])('is the only one who %s members', async (_name, call) => {
    await expect(call(ofBob)).rejects.toMatchObject(groupError(2));
    await mine.update();
    expect((await mine.participants()).toSorted()).toEqual(['alice', 'bob', 'carol']);
  });

  it('is the only one who deletes it, whatever a member deletes on a device of its own', async () => {
    await bob.deleteGroup(id);
    expect(await (await bob.loadGroup(id, 'alice')).decrypt(await mine.encrypt('still here'), 'alice')).toBe(
      'still here',
    );
  });
});

describe('a message of an official group', () => {
  it('is refused from another sender, and by another group', async () => {
    const group = await alice.createGroup(id, ['bob', 'carol']);
    const message = await group.encrypt('from alice');
    const ofBob = await bob.loadGroup(id, 'alice');
    await expect(ofBob.decrypt(message, 'carol')).rejects.toMatchObject(groupError(7));
    const other = await alice.createGroup(`${id}, another`, 'bob');
    await expect(other.decrypt(message, 'alice')).rejects.toMatchObject(groupError(9));
  });
});
