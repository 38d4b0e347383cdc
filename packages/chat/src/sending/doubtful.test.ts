/** A send can fail and still have happened. */
import { describe, expect, it } from 'vitest';
import { describeMessage, messagesOf, type Side, until, useRooms, withCode } from '@sotto/testing/room-world';
import { createTestStore } from '@sotto/testing/chat-users';

const kit = useRooms();
const openTwo = async () => (await kit.openAll('alice', 'bob')) as [Side, Side];
const linesOf = async (side: Side) => (await messagesOf(side)).map(describeMessage);
const warningsOf = async (side: Side) => (await messagesOf(side)).flatMap(({ warnings }) => warnings);

describe('a send whose answer was lost', () => {
  it('is found if it was stored, and not sent again', async () => {
    const [alice, bob] = await openTwo();
    await alice.room.send('before');
    alice.transport.loseNextAnswer(true);
    const sent = await alice.room.send('stored');
    expect(sent.index).toBe(1);
    await alice.room.send('after');
    expect(await linesOf(bob)).toEqual(['verified: before', 'verified: stored', 'verified: after']);
    expect(await warningsOf(bob)).toEqual([]);
  });

  it('is sent once more if it was not', async () => {
    const [alice, bob] = await openTwo();
    alice.transport.loseNextAnswer(false);
    await alice.room.send('lost');
    await alice.room.send('after');
    expect(await linesOf(bob)).toEqual(['verified: lost', 'verified: after']);
    expect(await warningsOf(bob)).toEqual([]);
  });

  it('waits for the connection, and looks as soon as it is there again', async () => {
    const [alice, bob] = await openTwo();
    alice.transport.loseNextAnswer(true);
    alice.transport.isAway = true;
    const sending = alice.room.send('stored');
    await until(async () => expect(await linesOf(bob)).toEqual(['verified: stored']));
    alice.transport.isAway = false;
    alice.transport.reconnect();
    expect(await sending).toMatchObject({ index: 0 });
  });

  it('stays in doubt when the room cannot be looked at, and is settled when the room is opened next', async () => {
    kit.hub.join('the room', 'bob');
    const store = createTestStore();
    const alice = await kit.open('alice', { store, settleSeconds: 0 });
    const bob = await kit.open('bob');
    alice.transport.loseNextAnswer(true);
    alice.transport.isAway = true;
    await expect(alice.room.send('stored')).rejects.toMatchObject({
      code: 'chat/send-doubtful',
      details: { id: expect.any(String) as string },
    });
    await expect(alice.room.send('not before the other is settled')).rejects.toThrow(withCode('chat/send-doubtful'));
    await alice.room.close();
    const again = await kit.open('alice', { store, user: alice.user });
    await again.room.send('after');
    expect(await linesOf(bob)).toEqual(['verified: stored', 'verified: after']);
    expect(await warningsOf(bob)).toEqual([]);
  });

  it('leaves no gap when it turns out at the next opening that it was never stored', async () => {
    kit.hub.join('the room', 'bob');
    const store = createTestStore();
    const alice = await kit.open('alice', { store, settleSeconds: 0 });
    const bob = await kit.open('bob');
    await alice.room.send('before');
    alice.transport.loseNextAnswer(false);
    alice.transport.isAway = true;
    await expect(alice.room.send('lost')).rejects.toThrow(withCode('chat/send-doubtful'));
    await alice.room.close();
    const again = await kit.open('alice', { store, user: alice.user });
    await again.room.send('after');
    expect(await linesOf(bob)).toEqual(['verified: before', 'verified: after']);
    expect(await warningsOf(bob)).toEqual([]);
  });

  it('does not keep a room from being closed', async () => {
    const alice = await kit.open('alice', { settleSeconds: 3600 });
    alice.transport.loseNextAnswer(true);
    alice.transport.isAway = true;
    const sending = alice.room.send('stored');
    await until(() => expect(alice.told).toHaveLength(1));
    await Promise.all([expect(sending).rejects.toThrow(withCode('chat/send-doubtful')), alice.room.close()]);
  });

  it('that arrives twice counts once', async () => {
    const [alice, bob] = await openTwo();
    await alice.room.send('once');
    const [stored] = (await alice.transport.history({ limit: 1 })).items;
    await alice.transport.send({ payload: stored!.payload!, files: [] }); // the first attempt, late
    expect(await linesOf(bob)).toEqual(['verified: once', 'failed: replayed']);
  });

  it('has its files with it when it is sent once more', async () => {
    const [alice, bob] = await openTwo();
    alice.transport.loseNextAnswer(false);
    await alice.room.send({ files: [{ name: 'a.txt', type: 'text/plain', content: new Blob(['content']) }] });
    const [message] = await messagesOf(bob);
    expect(new TextDecoder().decode(await message!.attachments[0]!.bytes())).toBe('content');
  });
});

describe('an edit whose answer was lost', () => {
  it.each([true, false])('is settled; stored: %s', async (isStored) => {
    const [alice, bob] = await openTwo();
    await alice.room.send('a');
    await alice.room.send('b');
    alice.transport.loseNextAnswer(isStored);
    await (await messagesOf(alice))[0]!.edit('a, corrected');
    await alice.room.send('c');
    expect(await linesOf(bob)).toEqual(['verified: a, corrected', 'verified: b', 'verified: c']);
    expect(await warningsOf(bob)).toEqual([]);
  });
});

describe('an edit of an old message whose answer was lost', () => {
  it('is looked for at its place', async () => {
    const [alice, bob] = await openTwo();
    await alice.room.send('a');
    const [message] = await messagesOf(alice);
    for (let number = 0; number < 101; number++) await alice.transport.send({ payload: `${number}`, files: [] });
    alice.transport.loseNextAnswer(true);
    let edits = 0;
    const edit = alice.transport.edit.bind(alice.transport);
    alice.transport.edit = (ref, payload) => {
      edits++;
      return edit(ref, payload);
    };
    await message!.edit('b');
    expect(edits).toBe(1);
    const [item] = (await bob.room.messages({ before: 1, limit: 1 })).items;
    expect(describeMessage(item!)).toBe('verified: b');
  });
});

describe('a send that the transport refuses', () => {
  it('leaves no gap', async () => {
    const [alice, bob] = await openTwo();
    kit.hub.leave('the room', 'alice');
    await expect(alice.room.send('refused')).rejects.toThrow(withCode('chat/send-refused'));
    kit.hub.join('the room', 'alice');
    await alice.room.send('first');
    expect(await linesOf(bob)).toEqual(['verified: first']);
    expect(await warningsOf(bob)).toEqual([]);
  });
});
