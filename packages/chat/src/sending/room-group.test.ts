/** Rooms of more than 32 members. */
import { bytesToBase64Url } from '@sotto/core';
import { encodeBody, encodePayload, roomGroupId } from '@sotto/core/chat';
import { describe, expect, it } from 'vitest';
import { describeMessage, messagesOf, type Side, useRooms } from '@sotto/testing/room-world';

const kit = useRooms();

/** alice and bob with their rooms open, and others who just take part. */
async function openRoomOf(members: number): Promise<[Side, Side]> {
  const others = Array.from({ length: members - 2 }, (_, number) => `member ${number}`);
  await Promise.all(others.map((name) => kit.directory.createUser(name)));
  for (const name of others) kit.hub.join('the room', name);
  return (await kit.openAll('alice', 'bob')) as [Side, Side];
}

async function bodiesOf({ transport }: Side): Promise<string[]> {
  return (await transport.history({ limit: 100 })).items.map(({ payload }) => payload!);
}

/** How each message is encrypted: by its prefix, and where it is a group by which. */
async function formsOf(side: Side): Promise<string[]> {
  return (await bodiesOf(side)).map((body) => body.split(':')[0]!);
}

async function groupsOf(side: Side): Promise<string[]> {
  return (await bodiesOf(side)).map((body) => body.split('.')[1]!);
}

const linesOf = async (side: Side) => (await messagesOf(side)).map(describeMessage);
const warningsOf = async (side: Side) => (await messagesOf(side)).flatMap(({ warnings }) => warnings);

describe('a room', () => {
  it.each([
    [32, 'sotto1'],
    [33, 'sotto1g'],
    [100, 'sotto1g'],
    [101, 'sotto1m'],
  ])('of %i members is written as %s, and read', async (members, form) => {
    const [alice, bob] = await openRoomOf(members);
    await alice.room.send('hi all');
    expect(await formsOf(alice)).toEqual([form]);
    const [message] = await messagesOf(bob);
    expect(describeMessage(message!)).toBe('verified: hi all');
    expect(message!.readers).toHaveLength(members);
    expect(message!.warnings).toEqual([]);
  });
});

describe('the group of a room', () => {
  it('is one for all who write, as long as the members stay', async () => {
    const [alice, bob] = await openRoomOf(34);
    await alice.room.send('a');
    await messagesOf(bob);
    await bob.room.send('b');
    await alice.room.send('c');
    expect(new Set(await groupsOf(alice)).size).toBe(1);
    expect(await linesOf(bob)).toEqual(['verified: a', 'verified: b', 'verified: c']);
  });

  it('is left for a new one when somebody leaves, who cannot read any more', async () => {
    const [alice, bob] = await openRoomOf(34);
    const leaver = await kit.open('member 0');
    await alice.room.send('with all');
    await messagesOf(bob);
    kit.hub.leave('the room', 'member 0');
    await bob.room.send('without one');
    await messagesOf(alice);
    await alice.room.send('by alice');
    expect(await formsOf(alice)).toEqual(['sotto1g', 'sotto1g', 'sotto1g']);
    const [first, second, third] = await groupsOf(alice);
    expect([second === first, third === second]).toEqual([false, true]);
    expect(await linesOf(alice)).toEqual(['verified: with all', 'verified: without one', 'verified: by alice']);
    kit.hub.join('the room', 'member 0');
    expect(await linesOf(leaver)).toEqual([
      'verified: with all',
      'failed: not-for-this-device',
      'failed: not-for-this-device',
    ]);
    expect(await warningsOf(bob)).toEqual([]);
  });

  it('is the newest one, in whatever order messages are read', async () => {
    const [alice, bob] = await openRoomOf(34);
    await bob.room.close();
    await alice.room.send('with all');
    kit.hub.leave('the room', 'member 0');
    await alice.room.send('without one');
    const again = await kit.open('bob', { user: bob.user });
    const newest = await again.room.messages({ limit: 1 });
    await newest.older();
    await again.room.send('by bob');
    const [first, second, third] = await groupsOf(alice);
    expect([second === first, third === second]).toEqual([false, true]);
  });

  it('is without whoever is left out', async () => {
    const [alice, bob] = await openRoomOf(34);
    await alice.room.send('a');
    await alice.room.send('not for bob', { leaveOut: ['bob'] });
    expect(await linesOf(bob)).toEqual(['verified: a', 'failed: not-for-this-device']);
  });

  it('is done without while the service is away', async () => {
    const [alice, bob] = await openRoomOf(34);
    kit.directory.isAway = true;
    await alice.room.send('for each');
    kit.directory.isAway = false;
    await alice.room.send('for the group');
    expect(await formsOf(alice)).toEqual(['sotto1', 'sotto1g']);
    expect(await linesOf(bob)).toEqual(['verified: for each', 'verified: for the group']);
    expect(await warningsOf(bob)).toEqual([]);
  });

  it('seals no long texts: they go to each reader, in a file', async () => {
    const [alice, bob] = await openRoomOf(34);
    await alice.room.send('a');
    await alice.room.send('x'.repeat(40_000));
    expect(await formsOf(alice)).toEqual(['sotto1g', 'sotto1m']);
    expect((await messagesOf(bob)).map(({ text }) => text?.length)).toEqual([1, 40_000]);
  });

  it('seals edits and titles, too', async () => {
    const [alice, bob] = await openRoomOf(34);
    await alice.room.send('a');
    await (await messagesOf(alice))[0]!.edit('b');
    await alice.room.setTitle('a large room');
    expect(await formsOf(alice)).toEqual(['sotto1g']);
    expect(await linesOf(bob)).toEqual(['verified: b']);
    expect(await bob.room.title()).toMatchObject({ text: 'a large room', verification: { state: 'verified' } });
  });

  it('of one room is none of another', async () => {
    const [alice, bob] = await openRoomOf(34);
    await alice.room.send('a');
    const [item] = (await alice.transport.history({ limit: 1 })).items;
    kit.hub.join('another room', 'alice');
    const elsewhere = await kit.open('bob', { name: 'another room', user: bob.user });
    elsewhere.transport.insert(item!);
    expect(await linesOf(elsewhere)).toEqual(['failed: not-for-this-device']);
  });

  it('is the one that the payload names, or the message is refused', async () => {
    const [alice, bob] = await openRoomOf(34);
    const { session } = alice.user;
    const [nonce, id, device] = [16, 16, 8].map((length) => bytesToBase64Url(session.provider.randomBytes(length)));
    const name = { initiator: 'alice', nonce: nonce! };
    const group = await session.createGroup(roomGroupId('the room', name), [bob.user.card]);
    const head = { room: 'the room', sender: 'alice', device: device!, id: id! };
    const sealFor = async (sessionId: Uint8Array): Promise<string> => {
      const audience = { group: { session: bytesToBase64Url(sessionId) } };
      const place = { n: 1, prev: null, m: 1 };
      const payload = encodePayload({ kind: 'message', ...head, ...audience, ...place, text: 'hi', secret: id! });
      return encodeBody({ form: 'group', ...name, message: await group.encrypt(payload) });
    };
    await alice.transport.send({ payload: await sealFor(new Uint8Array(32)), files: [] });
    await alice.transport.send({ payload: await sealFor(group.sessionId), files: [] });
    expect(await linesOf(bob)).toEqual(['failed: readers-mismatch', 'verified: hi']);
  });

  it('does not let one member write as another', async () => {
    const [alice, bob] = await openRoomOf(34);
    bob.transport.meddle = (message) => ({ ...message, author: 'member 0' });
    await alice.room.send('a');
    expect(await linesOf(bob)).toEqual(['failed: author-mismatch']);
  });
});
