/** What keeps a message from being sent: nothing is, and whoever is the reason is named. */
import { describe, expect, it } from 'vitest';
import { describeMessage, messagesOf, type Side, useRooms, withCode } from '@sotto/testing/room-world';
import type { ChatSession } from '../session.ts';
import { createTestStore } from '@sotto/testing/chat-users';

const kit = useRooms();
const openTwo = async () => (await kit.openAll('alice', 'bob')) as [Side, Side];

/** That sending fails with this code and these names, that nothing was stored, and that it works without those. */
async function expectRefusal(alice: Side, code: string, members: readonly string[]): Promise<void> {
  const before = kit.hub.seen.length;
  await expect(alice.room.send('hi')).rejects.toMatchObject({ code, details: { members } });
  await expect(alice.room.setTitle('title')).rejects.toMatchObject({ code, details: { members } });
  expect(kit.hub.seen).toHaveLength(before);
  await alice.room.send('without them', { leaveOut: members });
  const last = (await messagesOf(alice)).at(-1)!;
  expect(last).toMatchObject({ text: 'without them', leftOut: members, verification: { state: 'verified' } });
  expect(last.warnings).toEqual([{ code: 'chat/left-out', identities: members }]);
}

describe('sending stops at', () => {
  it('a member who cannot decrypt', async () => {
    const [alice] = await openTwo();
    kit.hub.addTelephone('the room', '+15550100');
    await expectRefusal(alice, 'chat/member-cannot-decrypt', ['+15550100']);
    expect(await alice.room.members()).toContainEqual(expect.objectContaining({ state: 'cannot-decrypt' }));
  });

  it('a member without a card', async () => {
    kit.hub.join('the room', 'dave');
    const [alice] = await openTwo();
    await expectRefusal(alice, 'chat/member-without-card', ['dave']);
    expect(await alice.room.members()).toContainEqual(
      expect.objectContaining({ identity: 'dave', state: 'without-card' }),
    );
    await kit.directory.createUser('dave');
    await alice.room.send('now that dave has one');
  });

  it('a member whose key was replaced, until it is accepted', async () => {
    const [alice, bob] = await openTwo();
    alice.user.refused.add('bob');
    await expectRefusal(alice, 'chat/key-not-accepted', ['bob']);
    expect(await alice.room.members()).toContainEqual(
      expect.objectContaining({ identity: 'bob', state: 'key-not-accepted' }),
    );
    alice.user.refused.delete('bob');
    await alice.room.send('accepted');
    expect((await messagesOf(bob)).map(describeMessage)).toEqual(['failed: not-for-this-device', 'verified: accepted']);
  });

  it('a member who joined since this device first saw the room', async () => {
    const [alice] = await openTwo();
    const mallory = await kit.open('mallory');
    await expectRefusal(alice, 'chat/unknown-member', ['mallory']);
    expect((await messagesOf(mallory)).map(describeMessage)).toEqual(['failed: not-for-this-device']);
  });

  it('a member whom the service added silently', async () => {
    const [alice] = await openTwo();
    await kit.directory.createUser('mallory');
    alice.transport.silentMembers.push({ ref: 'x', identity: 'mallory', canDecrypt: true });
    await expectRefusal(alice, 'chat/unknown-member', ['mallory']);
  });

  it('a member whose key makes sending fail', async () => {
    const [, bob] = await openTwo();
    const user = await kit.directory.createUser('alice');
    // No card has such a key, but a session of one's own may lack the kind.
    const prepareEnvelope: ChatSession['prepareEnvelope'] = async (readers) => {
      const isBroken = readers.some(({ identity }) => identity === 'bob');
      const prepared = await user.session.prepareEnvelope(readers);
      return isBroken ? { ...prepared, seal: () => Promise.reject(new Error('no such kind of key')) } : prepared;
    };
    const session = { ...user.session, prepareEnvelope };
    const alice = await kit.open('alice', { user: { ...user, session, openChatSession: async () => session } });
    await expectRefusal(alice, 'chat/member-key-unusable', ['bob']);
    expect((await messagesOf(bob)).map(describeMessage)).toEqual(['failed: not-for-this-device']);
  });
});

describe('a member who joined', () => {
  it('gets what is sent once accepted, also by one who was accepted before joining', async () => {
    const [alice] = await openTwo();
    await alice.room.acceptMember('carol');
    const [carol, mallory] = [await kit.open('carol'), await kit.open('mallory')];
    await alice.room.acceptMember('mallory');
    await alice.room.send('hi all');
    for (const side of [carol, mallory]) {
      expect((await messagesOf(side)).map(describeMessage)).toEqual(['verified: hi all']);
    }
  });

  it('stays accepted after a restart, and is a stranger again after leaving', async () => {
    const store = createTestStore();
    kit.hub.join('the room', 'bob');
    const alice = await kit.open('alice', { store });
    await kit.open('carol');
    await alice.room.acceptMember('carol');
    await alice.room.close();
    const again = await kit.open('alice', { store, user: alice.user });
    await again.room.send('hi', { leaveOut: ['bob'] });
    kit.hub.leave('the room', 'carol');
    await again.room.send('without carol', { leaveOut: ['bob'] });
    kit.hub.join('the room', 'carol');
    await expect(again.room.send('x', { leaveOut: ['bob'] })).rejects.toMatchObject({
      code: 'chat/unknown-member',
      details: { members: ['carol'] },
    });
  });

  it.each([
    ['include', 'verified: hi', []],
    ['leave-out', 'failed: not-for-this-device', ['carol']],
  ] as const)('is treated as the app decides: %s', async (decision, line, leftOut) => {
    for (const name of ['bob', 'alice']) kit.hub.join('the room', name);
    await kit.directory.createUser('bob');
    const asked: string[] = [];
    const alice = await kit.open('alice', {
      onUnknownMember: ({ identity }) => {
        asked.push(identity);
        return Promise.resolve(decision);
      },
    });
    const carol = await kit.open('carol');
    await alice.room.send('hi');
    expect(asked).toEqual(['carol']);
    expect((await messagesOf(carol)).map(describeMessage)).toEqual([line]);
    expect((await messagesOf(alice))[0]!.leftOut).toEqual(leftOut);
  });
});

describe('content', () => {
  const refusals: readonly [string, Parameters<Side['room']['send']>[0], string][] = [
    ['nothing', '', 'chat/empty-message'],
    ['no files and no text', { files: [] }, 'chat/empty-message'],
    ['too many files', { files: Array.from({ length: 11 }, () => file(1)) }, 'chat/too-many-files'],
  ];
  it.each(refusals)('of %s is refused, and nothing is stored', async (_, content, code) => {
    const [alice] = await openTwo();
    const before = kit.hub.seen.length;
    await expect(alice.room.send(content)).rejects.toThrow(withCode(code));
    expect(kit.hub.seen).toHaveLength(before);
    await alice.room.send('the next one');
    expect((await messagesOf(alice)).flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('counts the file that a long text stands in', async () => {
    const [alice] = await openTwo();
    const content = { text: 'x'.repeat(60_000), files: Array.from({ length: 10 }, () => file(1)) };
    await expect(alice.room.send(content)).rejects.toMatchObject({
      code: 'chat/too-many-files',
      details: { limit: 9 },
    });
  });
});

describe('a transport of small means', () => {
  const small = useRooms({
    limits: { payloadBytes: 3_000, attachmentBytes: 5_000, roomNoteBytes: 100, attachmentCount: 2 },
  });

  it('refuses what fits in no form', async () => {
    const [alice] = (await small.openAll('alice', 'bob')) as [Side];
    await alice.room.send('x'.repeat(2_000)); // in a file
    await expect(alice.room.send('x'.repeat(6_000))).rejects.toThrow(withCode('chat/too-long'));
    await expect(alice.room.setTitle('title')).rejects.toThrow(withCode('chat/too-long'));
    const sending = alice.room.send({ files: [file(5_001)] });
    await expect(sending).rejects.toMatchObject({ code: 'chat/file-too-large', details: { limit: 5_000 } });
    expect((await messagesOf(alice)).map(({ warnings }) => warnings)).toEqual([[]]);
  });

  it('without files, edits, reactions or titles says so', async () => {
    const [alice] = (await small.openAll('alice', 'bob')) as [Side];
    await alice.room.send('hi');
    const [message] = await messagesOf(alice);
    Object.assign(alice.transport.can, {
      edit: false,
      remove: false,
      attachments: false,
      notes: false,
      roomNotes: false,
    });
    const calls = [
      alice.room.send({ files: [file(1)] }),
      message!.edit('x'),
      message!.remove(),
      message!.react('👍'),
      alice.room.setTitle('x'),
    ];
    for (const call of calls) await expect(call).rejects.toThrow(withCode('chat/not-supported'));
    await expect(alice.room.send('x'.repeat(2_000))).rejects.toThrow(withCode('chat/too-long'));
    expect(await alice.room.title()).toBeUndefined();
  });
});

function file(size: number) {
  return { name: 'a', type: 'text/plain', content: new Uint8Array(size) };
}
