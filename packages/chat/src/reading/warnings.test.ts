/** What the numbers in messages, and the readers that they name, say of a room. */
import { bytesToBase64Url } from '@sotto/core';
import { at, copyTo } from '@sotto/testing/evil-transport';
import { describe, expect, it } from 'vitest';
import type { Warning } from '../room.ts';
import { createTestStore } from '@sotto/testing/chat-users';
import { forge, messagesOf, type Side, until, useRooms } from '@sotto/testing/room-world';

const kit = useRooms();

/** By text. */
async function warningsOf(side: Side): Promise<Record<string, readonly Warning[]>> {
  const messages = await messagesOf(side);
  return Object.fromEntries(
    messages.filter(({ warnings }) => warnings.length > 0).map(({ text, warnings }) => [text, warnings]),
  );
}

/** bob, who was there and has not listened until now. */
const openBob = () => kit.open('bob');

async function openOthers(...names: string[]): Promise<Side[]> {
  await kit.directory.createUser('bob');
  kit.hub.join('the room', 'bob');
  return kit.openAll(...names);
}

async function sendAll({ room }: Side, ...texts: string[]): Promise<void> {
  for (const text of texts) await room.send(text);
}

describe('a message that is held back', () => {
  it('leaves a gap before the next one of its device', async () => {
    const [alice, carol] = (await openOthers('alice', 'carol')) as [Side, Side];
    await sendAll(alice, 'a', 'b', 'c');
    await sendAll(carol, 'x');
    await sendAll(alice, 'd');
    const bob = await openBob();
    bob.transport.meddle = (message) => ([1, 2].includes(message.index) ? undefined : message);
    expect(await warningsOf(bob)).toEqual({ d: [{ code: 'chat/gap', missing: 2 }] });
    bob.transport.meddle = undefined;
    expect(await warningsOf(bob)).toEqual({});
    expect(bob.told.at(-1)).toMatchObject({ event: 'updated', message: { text: 'd', warnings: [] } });
  });

  it('is missed among what comes live, too', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    bob.transport.meddle = at(1, () => undefined);
    await sendAll(alice, 'a', 'b', 'c');
    await until(() => expect(bob.told).toHaveLength(2));
    expect(bob.told[1]!.message).toMatchObject({ text: 'c', warnings: [{ code: 'chat/gap', missing: 1 }] });
  });

  it('is not missed where not all was loaded', async () => {
    const [alice] = (await openOthers('alice')) as [Side];
    await sendAll(alice, 'a', 'b', 'c', 'd', 'e');
    const bob = await openBob();
    await bob.room.messages({ before: 2, limit: 1 });
    const newest = await bob.room.messages({ limit: 1 });
    expect(newest.items.map(({ text, warnings }) => [text, warnings])).toEqual([['e', []]]);
    expect(bob.told).toEqual([]);
  });

  it('is not missed while what came during a lost connection cannot be loaded', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await sendAll(alice, 'a');
    await until(() => expect(bob.told).toHaveLength(1));
    await messagesOf(bob);
    bob.transport.isDeaf = true;
    await sendAll(alice, 'b');
    Object.assign(bob.transport, { isDeaf: false, isAway: true });
    bob.transport.reconnect();
    await until(() => expect(bob.trouble).toHaveLength(1));
    await sendAll(alice, 'c');
    await until(() => expect(bob.told.at(-1)).toMatchObject({ message: { text: 'c', warnings: [] } }));
    bob.transport.isAway = false;
    bob.trouble.pop();
    bob.transport.reconnect();
    await until(() => expect(bob.told.map(({ message }) => message.text)).toContain('b'));
    expect(await warningsOf(bob)).toEqual({});
  });

  it('is not missed if an unreadable message of its author may be it', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await sendAll(alice, 'a');
    await alice.room.send('not for bob', { leaveOut: ['bob'] });
    await sendAll(alice, 'c');
    expect(await warningsOf(bob)).toEqual({});
  });

  it('is missed although others wrote what cannot be read', async () => {
    const [alice, carol] = (await openOthers('alice', 'carol')) as [Side, Side];
    await sendAll(alice, 'a', 'b');
    await carol.room.send('not for bob', { leaveOut: ['bob'] });
    await sendAll(alice, 'c');
    const bob = await openBob();
    bob.transport.meddle = at(1, () => undefined);
    expect(await warningsOf(bob)).toEqual({ c: [{ code: 'chat/gap', missing: 1 }] });
  });

  it('is not missed by one who was told that it was removed, also after a restart', async () => {
    const store = createTestStore();
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    const bob = await kit.open('bob', { store });
    await sendAll(alice, 'a', 'b', 'c');
    await messagesOf(bob);
    await (await messagesOf(alice))[1]!.remove();
    await until(() => expect(bob.told.at(-1)).toMatchObject({ event: 'removed' }));
    expect(await warningsOf(bob)).toEqual({});
    await bob.room.close();
    // Nobody else can tell a removed one from one that is held back.
    const gap = { c: [{ code: 'chat/gap', missing: 1 }] };
    expect(await warningsOf(await kit.open('bob', { store, user: bob.user }))).toEqual({});
    expect(await warningsOf(await kit.open('bob'))).toEqual(gap);
  });
});

describe('a message that was there, and is not any more', () => {
  it('is missed after a restart by one who was not told that it was removed', async () => {
    const store = createTestStore();
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    const bob = await kit.open('bob', { store });
    await sendAll(alice, 'a', 'b', 'c');
    await messagesOf(bob);
    await bob.room.close();
    const again = await kit.open('bob', { store, user: bob.user });
    again.transport.meddle = at(1, () => undefined);
    expect(await warningsOf(again)).toEqual({ c: [{ code: 'chat/gap', missing: 1 }] });
  });
});

describe('messages in another order', () => {
  it('are marked where the sender wrote them earlier', async () => {
    const [alice] = (await openOthers('alice')) as [Side];
    await sendAll(alice, 'a', 'b', 'c');
    const bob = await openBob();
    const [, b] = (await alice.transport.history({ limit: 3 })).items;
    bob.transport.meddle = at(1, () => undefined);
    bob.transport.insert(copyTo(3, b!));
    expect(await warningsOf(bob)).toEqual({ b: [{ code: 'chat/reordered' }] });
  });
});

describe('a device whose data was copied', () => {
  it('is seen to have two histories', async () => {
    const [store, copy] = [createTestStore(), createTestStore()];
    const [bob] = (await kit.openAll('bob', 'alice')) as [Side];
    const alice = await kit.open('alice', { store });
    await sendAll(alice, 'a', 'b');
    await alice.room.close();
    for (const name of await namesOf(alice)) await copy.save(name, (await store.load(name))!);
    const [first, second] = [await kit.open('alice', { store }), await kit.open('alice', { store: copy })];
    await sendAll(first, 'c');
    await sendAll(second, 'instead of c');
    expect(await warningsOf(bob)).toEqual({
      c: [{ code: 'chat/forked' }],
      'instead of c': [{ code: 'chat/forked' }],
    });
  });
});

describe('a payload that names another one before it than was seen', () => {
  it('is of a device with two histories', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const readers = [bob.user.card];
    const first = await forge(alice, { readers, text: 'a' });
    const prev = bytesToBase64Url(new Uint8Array(32));
    const second = await forge(alice, {
      readers,
      text: 'b',
      n: 2,
      m: 2,
      prev,
      id: bytesToBase64Url(new Uint8Array(16)),
    });
    for (const payload of [first, second]) await alice.transport.send({ payload, files: [] });
    expect(await warningsOf(bob)).toEqual({ b: [{ code: 'chat/forked' }] });
  });
});

/** What a device keeps of a room. */
async function namesOf({ user: { session }, room }: Side): Promise<string[]> {
  const digest = await session.provider.hash('SHA-256', new TextEncoder().encode(room.room));
  const name = bytesToBase64Url(digest.subarray(0, 16));
  return ['device', `sending.${name}`, `members.${name}`];
}

describe('readers', () => {
  it('who were never seen in the room are named', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const mallory = await kit.directory.createUser('mallory');
    alice.transport.silentMembers.push({ ref: 'x', identity: 'mallory', canDecrypt: true });
    await alice.room.acceptMember('mallory');
    await alice.room.send('a');
    const keyIds = [bytesToBase64Url(mallory.card.publicKey.identifier)];
    expect(await warningsOf(bob)).toEqual({ a: [{ code: 'chat/unknown-reader', keyIds, identities: [] }] });
    const [message] = await messagesOf(bob);
    expect(message!.readers).toContainEqual({ keyId: keyIds[0], identity: undefined });
  });

  it('who have left are known still', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob', 'carol')) as [Side, Side];
    await alice.room.send('a');
    kit.hub.leave('the room', 'carol');
    expect(await warningsOf(bob)).toEqual({});
    const [message] = await messagesOf(bob);
    expect(message!.readers.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob', 'carol']);
  });

  it('who were left out are named', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob', 'carol')) as [Side, Side];
    await alice.room.send('a', { leaveOut: ['carol'] });
    expect(await warningsOf(bob)).toEqual({ a: [{ code: 'chat/left-out', identities: ['carol'] }] });
  });
});
