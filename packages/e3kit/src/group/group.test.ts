import { useGroupWorld } from '@sotto/testing/group-world';
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  createMemoryGroupStore,
  type EThree,
  GroupError,
  GroupErrorCode,
  type GroupStore,
  GroupTicketAlreadyExistsError,
  MissingPrivateKeyError,
  UsersNotFoundError,
} from '../index.ts';
import type { Group } from './group.ts';

const kit = useGroupWorld();
const withCode = (code: string) => expect.objectContaining({ code });

/** A group of alice and bob, as both have it. */
async function startGroup(): Promise<{ alice: EThree; bob: EThree; ofAlice: Group; ofBob: Group }> {
  const [alice, bob] = [await kit.registerUser('alice'), await kit.registerUser('bob')];
  const ofAlice = await alice.createGroup(kit.groupId, await alice.findUsers(bob.identity));
  const ofBob = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
  return { alice, bob, ofAlice, ofBob };
}

describe('a group', () => {
  it('is read by all who take part, text as text and bytes as bytes', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    const [aliceCard, bobCard] = [await bob.findUsers(alice.identity), await alice.findUsers(bob.identity)];
    for (const text of ['', 'Привіт 🔐']) {
      expect(await ofBob.decrypt(await ofAlice.encrypt(text), aliceCard)).toBe(text);
      expect(await ofAlice.decrypt(await ofBob.encrypt(text), bobCard)).toBe(text);
    }
    const bytes = await ofBob.encrypt(Uint8Array.of(1, 2, 3));
    expect(Buffer.isBuffer(bytes)).toBe(true);
    expect(await ofAlice.decrypt(bytes, bobCard)).toEqual(Buffer.of(1, 2, 3));
    expect(await ofAlice.decrypt(await ofAlice.encrypt('to myself, too'), aliceCard)).toBe('to myself, too');
  });

  it('says who has begun it, who takes part, and who may change that', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    for (const group of [ofAlice, ofBob]) {
      expect(group.initiator).toBe(alice.identity);
      expect([...group.participants].sort()).toEqual([alice.identity, bob.identity]);
    }
    expect([ofAlice.isEditable(), ofBob.isEditable()]).toEqual([true, false]);
    ofAlice.participants.push('mallory');
    expect(ofAlice.participants).toHaveLength(2);
  });

  it('can be of its initiator alone, and of those who are named in any of the ways', async () => {
    const alice = await kit.registerUser('alice');
    const others = [await kit.registerUser('bob'), await kit.registerUser('carol')].map(({ identity }) => identity);
    expect((await alice.createGroup(`${kit.groupId} alone`)).participants).toEqual([alice.identity]);
    const withItself = await alice.createGroup(
      `${kit.groupId} all`,
      await alice.findUsers([alice.identity, ...others]),
    );
    expect(withItself.participants).toEqual([alice.identity, ...others]);
    const byBytes = await alice.createGroup(Buffer.from(`${kit.groupId} bytes`));
    const read = await alice.getGroup(`${kit.groupId} bytes`);
    expect(await read?.decrypt(await byBytes.encrypt('same'), await alice.findUsers(alice.identity))).toBe('same');
  });

  it('is on the device when it was made or loaded, and opens there without the service', async () => {
    const { alice, bob, ofAlice } = await startGroup();
    const message = await ofAlice.encrypt('kept');
    kit.proxy.meddle = () => 'cut';
    const local = await bob.getGroup(kit.groupId);
    expect(await local?.decrypt(message, await bob.findCachedUsers(alice.identity))).toBe('kept');
    expect(local?.initiator).toBe(alice.identity);
    expect(await bob.getGroup('another group of theirs')).toBeNull();
  });

  it('costs a sender the same with many members as with few: nobody is asked', async () => {
    const { ofAlice } = await startGroup();
    kit.proxy.seen.length = 0;
    await ofAlice.encrypt('hello');
    expect(kit.proxy.seen).toEqual([]);
  });

  it('holds messages of 29,915 bytes, and none that nobody could read', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    const sender = await bob.findUsers(alice.identity);
    const longest = 'x'.repeat(29_915);
    expect(await ofBob.decrypt(await ofAlice.encrypt(longest), sender)).toBe(longest);
    await expect(ofAlice.encrypt(`${longest}x`)).rejects.toThrow(withCode('group/too-long'));
  });

  it('is deleted for all, again without harm, and can be begun anew', async () => {
    const { alice, bob, ofBob } = await startGroup();
    await alice.deleteGroup(kit.groupId);
    await alice.deleteGroup(kit.groupId);
    expect(await alice.getGroup(kit.groupId)).toBeNull();
    const gone = { code: 'group/not-found', errorCode: GroupErrorCode.RemoteGroupNotFound };
    await expect(ofBob.update()).rejects.toMatchObject(gone);
    await expect(bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity))).rejects.toMatchObject(gone);

    const anew = await alice.createGroup(kit.groupId, await alice.findUsers(bob.identity));
    await expect(ofBob.update()).rejects.toThrow(withCode('group/conflicting-tickets'));
    const again = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    expect(await again.decrypt(await anew.encrypt('new'), await bob.findUsers(alice.identity))).toBe('new');
  });

  it('is deleted by a member on the own device alone', async () => {
    const { bob, ofAlice, ofBob } = await startGroup();
    await bob.deleteGroup(kit.groupId);
    expect(await bob.getGroup(kit.groupId)).toBeNull();
    await ofAlice.update();
    await ofBob.update();
    expect(await bob.getGroup(kit.groupId)).not.toBeNull();
  });

  it.each(['cleanup', 'unregister'] as const)('leaves the device with %s', async (verb) => {
    const groupStore = createMemoryGroupStore();
    const saved: string[] = [];
    const watched: GroupStore = {
      ...groupStore,
      save: async (user, sessionId, value) => {
        saved.push(sessionId);
        await groupStore.save(user, sessionId, value);
      },
    };
    const alice = await kit.registerUser('alice', { groupStore: watched });
    await alice.createGroup(kit.groupId);
    const user = { appId: kit.world.app.appId, identity: alice.identity };
    expect(await groupStore.load(user, saved[0]!)).toBeDefined();
    await alice[verb]();
    expect(await groupStore.load(user, saved[0]!)).toBeUndefined();
    expect(await alice.getGroup(kit.groupId)).toBeNull();
  });

  it('has the standing extra readers of its initiator among those who take part', async () => {
    const officer = await kit.registerUser('officer');
    const reader = await kit.registerUser('reader');
    const alice = await kit.registerUser('alice', { alsoFor: [await reader.findUsers(officer.identity)] });
    const group = await alice.createGroup(kit.groupId);
    expect(group.participants).toEqual([alice.identity, officer.identity]);
    const ofOfficer = await officer.loadGroup(kit.groupId, await officer.findUsers(alice.identity));
    const message = await group.encrypt('seen by the officer');
    expect(await ofOfficer.decrypt(message, await officer.findUsers(alice.identity))).toBe('seen by the officer');
  });
});

describe('a member', () => {
  it('who is added reads what was written before, and what comes', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    const past = await ofBob.encrypt('before carol');
    const carol = await kit.registerUser('carol');
    await ofAlice.add(await alice.findUsers(carol.identity));
    const ofCarol = await carol.loadGroup(kit.groupId, await carol.findUsers(alice.identity));
    expect(await ofCarol.decrypt(past, await carol.findUsers(bob.identity))).toBe('before carol');
    await ofBob.update();
    expect([...ofBob.participants].sort()).toEqual([alice.identity, bob.identity, carol.identity]);
    const next = await ofBob.encrypt('welcome, carol');
    expect(await ofCarol.decrypt(next, await carol.findUsers(bob.identity))).toBe('welcome, carol');
  });

  it('who is removed reads nothing new, and has what there was', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    const carol = await kit.registerUser('carol');
    await ofAlice.add(await alice.findUsers(carol.identity));
    const ofCarol = await carol.loadGroup(kit.groupId, await carol.findUsers(alice.identity));
    const sender = await bob.findUsers(alice.identity);
    const past = await ofAlice.encrypt('while bob was in');
    await ofAlice.remove(await alice.findUsers(bob.identity));
    expect(ofAlice.participants).toEqual([alice.identity, carol.identity]);

    const next = await ofAlice.encrypt('without bob');
    await expect(ofBob.decrypt(next, sender)).rejects.toMatchObject({
      code: 'group/outdated',
      errorCode: GroupErrorCode.GroupIsOutdated,
    });
    await expect(ofBob.update()).rejects.toThrow(withCode('group/not-found'));
    await expect(bob.loadGroup(kit.groupId, sender)).rejects.toThrow(withCode('group/not-found'));
    expect(await ofBob.decrypt(past, sender)).toBe('while bob was in');

    await expect(ofCarol.decrypt(next, await carol.findUsers(alice.identity))).rejects.toThrow(GroupError);
    await ofCarol.update();
    expect(await ofCarol.decrypt(next, await carol.findUsers(alice.identity))).toBe('without bob');
  });

  it('who was removed while offline learns of it from the next update, and is added again', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    await ofAlice.remove(await alice.findUsers(bob.identity));
    const between = await ofAlice.encrypt('while bob was away');
    await expect(ofBob.update()).rejects.toMatchObject({ errorCode: GroupErrorCode.RemoteGroupNotFound });
    await ofAlice.add(await alice.findUsers(bob.identity));
    await ofBob.update();
    expect(await ofBob.decrypt(between, await bob.findUsers(alice.identity))).toBe('while bob was away');
  });

  it('reads what was written in any of many epochs', async () => {
    const alice = await kit.registerUser('alice');
    const bob = await kit.registerUser('bob');
    const leaving: string[] = [];
    for (let index = 0; index < 22; index++) leaving.push((await kit.registerUser(`leaving ${index} of`)).identity);
    const ofAlice = await alice.createGroup(kit.groupId, await alice.findUsers([bob.identity, ...leaving]));
    const messages: string[] = [];
    for (const [epoch, identity] of leaving.entries()) {
      messages.push(await ofAlice.encrypt(`epoch ${epoch}`));
      await ofAlice.remove(await alice.findUsers(identity));
    }
    const sender = await bob.findUsers(alice.identity);
    const ofBob = await bob.loadGroup(kit.groupId, sender);
    for (const [epoch, message] of messages.entries()) {
      expect(await ofBob.decrypt(message, sender)).toBe(`epoch ${epoch}`);
    }
  });

  it('who is named twice, or is in, or is not in, does no harm', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    const bobCard = await alice.findUsers(bob.identity);
    const stranger = await alice.findUsers((await kit.registerUser('stranger')).identity);
    await ofAlice.add(bobCard);
    await ofAlice.add(await alice.findUsers([alice.identity, bob.identity]));
    await ofAlice.remove(stranger);
    expect(ofAlice.participants).toEqual([alice.identity, bob.identity]);
    const message = await ofAlice.encrypt('still the first epoch');
    expect(await ofBob.decrypt(message, await bob.findUsers(alice.identity))).toBe('still the first epoch');
    await ofAlice.remove(bobCard);
    await ofAlice.remove(bobCard);
    await ofAlice.update();
    expect(ofAlice.participants).toEqual([alice.identity]);
  });

  it('with a new key reads again after reAdd, and the own ring opens what was sealed for the former key', async () => {
    const { alice, bob, ofAlice } = await startGroup();
    const past = await ofAlice.encrypt('before the new key');
    await bob.replacePrivateKey();
    const aliceCard = await bob.findUsers(alice.identity);
    const withRing = await bob.loadGroup(kit.groupId, aliceCard);
    expect(await withRing.decrypt(past, aliceCard)).toBe('before the new key');
    expect(await (await bob.getGroup(kit.groupId))?.decrypt(past, aliceCard)).toBe('before the new key');

    await bob.cleanup();
    await bob.rotatePrivateKey();
    await expect(bob.loadGroup(kit.groupId, aliceCard)).rejects.toMatchObject({
      code: 'group/no-access',
      errorCode: GroupErrorCode.NoAccess,
    });
    await ofAlice.reAdd(await alice.findUsers(bob.identity));
    await ofAlice.reAdd(await alice.findUsers(bob.identity));
    const again = await bob.loadGroup(kit.groupId, aliceCard);
    expect(await again.decrypt(past, aliceCard)).toBe('before the new key');
    const answer = await again.encrypt('back again');
    expect(await ofAlice.decrypt(answer, await alice.findUsers(bob.identity))).toBe('back again');
  });

  it('whose other tab has got a new key reads what is sealed for that one', async () => {
    const { alice, bob, ofAlice } = await startGroup();
    const tab = await kit.world.createClient(bob.identity, { keyStore: bob.keyStore });
    expect(await tab.hasLocalPrivateKey()).toBe(true);
    await bob.replacePrivateKey();
    await ofAlice.reAdd(await alice.findUsers(bob.identity));
    const inTab = await tab.loadGroup(kit.groupId, await tab.findUsers(alice.identity));
    const message = await ofAlice.encrypt('for the new key');
    expect(await inTab.decrypt(message, await tab.findUsers(alice.identity))).toBe('for the new key');
  });

  it('who wrote before the own key was replaced is verified by the card of that time', async () => {
    const alice = await kit.registerUser('alice');
    let now = Date.now() - 3_600_000;
    const bob = await kit.registerUser('bob', { clock: () => now });
    const ofAlice = await alice.createGroup(kit.groupId, await alice.findUsers(bob.identity));
    const ofBob = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    const message = await ofBob.encrypt('by the former key');
    const writtenAt = new Date(now + 1_000_000);
    now += 2_000_000;
    await bob.replacePrivateKey();
    const sender = await alice.findUsers(bob.identity);
    await expect(ofAlice.decrypt(message, sender)).rejects.toMatchObject({
      code: 'group/bad-signature',
      errorCode: GroupErrorCode.DataVerificationFailed,
    });
    expect(await ofAlice.decrypt(message, sender, writtenAt)).toBe('by the former key');
  });

  it('without a card keeps others from being removed until they are removed with them', async () => {
    const { alice, bob, ofAlice } = await startGroup();
    const carol = await kit.registerUser('carol');
    const cards = await alice.findUsers([bob.identity, carol.identity]);
    await ofAlice.add(cards);
    await carol.unregister();
    await expect(ofAlice.remove(cards[bob.identity]!)).rejects.toThrow(UsersNotFoundError);
    await ofAlice.remove(cards);
    expect(ofAlice.participants).toEqual([alice.identity]);
  });
});

describe('an initiator', () => {
  it('who has a new key goes on, and is believed by the members', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    const carol = await kit.registerUser('carol');
    await alice.replacePrivateKey();
    const former = (await bob.findUsers(alice.identity)).previousCard;
    expect(former).toBeDefined();
    await ofAlice.add(await alice.findUsers(carol.identity));
    await ofAlice.remove(await alice.findUsers(carol.identity));
    await ofBob.update();
    const message = await ofAlice.encrypt('by the new key');
    expect(await ofBob.decrypt(message, await bob.findUsers(alice.identity))).toBe('by the new key');
    const anew = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    expect(await anew.decrypt(message, await bob.findUsers(alice.identity))).toBe('by the new key');
  });

  it('has the group on another device with the same key', async () => {
    const { alice, bob, ofBob } = await startGroup();
    const second = await kit.openSecondDevice(alice);
    const group = await second.loadGroup(kit.groupId, await second.findUsers(alice.identity));
    expect(group.isEditable()).toBe(true);
    const message = await ofBob.encrypt('to both devices');
    expect(await group.decrypt(message, await second.findUsers(bob.identity))).toBe('to both devices');
  });
});

describe('what cannot be', () => {
  it('is said with the numbers of the official client', async () => {
    const { alice, bob, ofAlice, ofBob } = await startGroup();
    const card = await bob.findUsers(alice.identity);
    await expect(alice.createGroup('too short')).rejects.toMatchObject({
      name: 'GroupError',
      code: 'group/id-too-short',
      errorCode: GroupErrorCode.GroupIdTooShort,
    });
    await expect(alice.createGroup(kit.groupId)).rejects.toThrow(GroupTicketAlreadyExistsError);
    for (const forbidden of [ofBob.add(card), ofBob.remove(card), ofBob.reAdd(card)]) {
      await expect(forbidden).rejects.toMatchObject({
        code: 'group/permission-denied',
        errorCode: GroupErrorCode.PermissionDenied,
      });
    }
    const own = await alice.findUsers(alice.identity);
    for (const invalid of [ofAlice.add({}), ofAlice.remove({}), ofAlice.remove(own), ofAlice.reAdd(own)]) {
      await expect(invalid).rejects.toMatchObject({
        code: 'group/invalid-change',
        errorCode: GroupErrorCode.InvalidChangeParticipants,
      });
    }
    await expect(bob.loadGroup(kit.groupId, await bob.findUsers(bob.identity))).rejects.toMatchObject({
      errorCode: GroupErrorCode.RemoteGroupNotFound,
    });
    const other = await alice.createGroup(`${kit.groupId}, another`);
    await expect(ofAlice.decrypt(await other.encrypt('elsewhere'), own)).rejects.toMatchObject({
      code: 'group/other-group',
      errorCode: GroupErrorCode.MessageNotFromThisGroup,
    });
    await expect(ofAlice.decrypt('bm8gbWVzc2FnZQ==', own)).rejects.toThrow(withCode('group/malformed'));
  });

  it('is a group of more than 100', async () => {
    const alice = await kit.registerUser('alice');
    const others: string[] = [];
    for (let index = 0; index < 100; index++) others.push((await kit.registerUser(`member ${index} of`)).identity);
    const cards = await alice.findUsers(others);
    const tooMany = { code: 'group/participants-count', errorCode: GroupErrorCode.InvalidParticipantsCount };
    await expect(alice.createGroup(kit.groupId, cards)).rejects.toMatchObject(tooMany);
    const { [others[99]!]: last, ...rest } = cards;
    const group = await alice.createGroup(kit.groupId, rest);
    expect(group.participants).toHaveLength(100);
    await expect(group.add(last!)).rejects.toMatchObject(tooMany);
  }, 60_000);

  it('is a name in place of a card, or a card that was not verified', async () => {
    const { alice, ofAlice } = await startGroup();
    const card = await alice.findUsers(alice.identity);
    for (const wrong of ['bob', ['bob'], { bob: 'bob' }, { ...card }, 5] as never[]) {
      await expect(alice.createGroup(`${kit.groupId}, more`, wrong)).rejects.toThrow(ArgumentError);
      await expect(ofAlice.add(wrong)).rejects.toThrow(ArgumentError);
      await expect(ofAlice.decrypt(await ofAlice.encrypt('x'), wrong)).rejects.toThrow(ArgumentError);
    }
    await expect(ofAlice.decrypt(await ofAlice.encrypt('x'), card.publicKey as never)).rejects.toThrow(ArgumentError);
  });

  it('is a group without a key on the device', async () => {
    const { alice, ofAlice } = await startGroup();
    const card = await alice.findUsers(alice.identity);
    await alice.cleanup();
    await expect(alice.createGroup('another group')).rejects.toThrow(MissingPrivateKeyError);
    await expect(alice.loadGroup(kit.groupId, card)).rejects.toThrow(MissingPrivateKeyError);
    await expect(ofAlice.encrypt('x')).rejects.toThrow(MissingPrivateKeyError);
  });

  it('is a message by a key of another type', async () => {
    const alice = await kit.registerUser('alice', { keyPairType: 'SECP256R1' });
    const group = await alice.createGroup(kit.groupId);
    await expect(group.encrypt('x')).rejects.toThrow(withCode('group/unsupported-key'));
  });

  it('is, in strict mode, a group with a member whose replaced key was not accepted', async () => {
    const alice = await kit.registerUser('alice', { strict: true });
    const bob = await kit.registerUser('bob');
    const group = await alice.createGroup(kit.groupId, await alice.findUsers(bob.identity));
    await bob.cleanup();
    await bob.rotatePrivateKey();
    const replaced = await alice.findUsers(bob.identity);
    const refusal = withCode('users/key-not-accepted');
    await expect(group.reAdd(replaced)).rejects.toThrow(refusal);
    await expect(alice.createGroup(`${kit.groupId}, more`, replaced)).rejects.toThrow(refusal);
    await alice.acceptKey(replaced);
    await group.reAdd(replaced);
  });

  it('is, in strict mode, a group whose initiator has a replaced key that was not accepted', async () => {
    const alice = await kit.registerUser('alice');
    const bob = await kit.registerUser('bob', { strict: true });
    await alice.createGroup(kit.groupId, await alice.findUsers(bob.identity));
    const group = await bob.loadGroup(kit.groupId, await bob.findUsers(alice.identity));
    await alice.cleanup();
    await alice.rotatePrivateKey();
    await expect(group.update()).rejects.toThrow(withCode('users/key-not-accepted'));
    const replaced = await bob.findUsers(alice.identity);
    await expect(bob.loadGroup(kit.groupId, replaced)).rejects.toThrow(withCode('users/key-not-accepted'));
    await bob.acceptKey(replaced);
    await group.update();
  });
});
