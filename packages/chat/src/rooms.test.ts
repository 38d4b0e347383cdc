/** What users do in rooms, when nobody lies. */
import { encodeBody } from '@sotto/core/chat';
import { describe, expect, it } from 'vitest';
import { describeMessage, messagesOf, type Side, until, useRooms, withCode } from '@sotto/testing/room-world';
import type { RoomMessage } from './room.ts';
import { createTestStore } from '@sotto/testing/chat-users';

const kit = useRooms();
const linesOf = async (side: Side) => (await messagesOf(side)).map(describeMessage);

describe('a room', () => {
  it('brings messages to all members, in order and verified', async () => {
    const [alice, bob, carol] = (await kit.openAll('alice', 'bob', 'carol')) as [Side, Side, Side];
    await alice.room.send('one');
    await bob.room.send('two');
    await alice.room.send('three');
    for (const side of [alice, bob, carol]) {
      await until(() => expect(side.told.map(({ message }) => message.text)).toEqual(['one', 'two', 'three']));
      expect(await linesOf(side)).toEqual(['verified: one', 'verified: two', 'verified: three']);
      expect((await messagesOf(side)).flatMap(({ warnings }) => warnings)).toEqual([]);
    }
  });

  it('gives back the index, and the id under which readers know the message', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const sent = await alice.room.send('hi');
    expect(await messagesOf(bob)).toMatchObject([{ id: sent.id, index: sent.index, author: 'alice' }]);
  });

  it('says who can read a message, and whose device wrote it', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('one');
    await alice.room.send('two');
    const [one, two] = (await messagesOf(bob)) as [RoomMessage, RoomMessage];
    expect(one.readers.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob']);
    expect(one.verification).toMatchObject({ state: 'verified', sender: 'alice', senderVerified: false });
    expect(two.verification).toEqual(one.verification);
  });

  it('says whether the key of the sender was compared, as soon as it is', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('hi');
    await messagesOf(bob);
    bob.user.verified.add('alice');
    bob.user.keysChanged();
    const verified = { event: 'updated', message: { verification: { senderVerified: true } } };
    await until(() => expect(bob.told.at(-1)).toMatchObject(verified));
  });

  it('gives history in pages', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    for (const text of ['a', 'b', 'c', 'd', 'e']) await alice.room.send(text);
    const newest = await bob.room.messages({ limit: 2 });
    const middle = await newest.older();
    const oldest = await middle.older();
    const texts = [newest, middle, oldest].map(({ items }) => items.map(({ text }) => text));
    expect(texts).toEqual([['d', 'e'], ['b', 'c'], ['a']]);
    expect([newest, middle, oldest].map(({ hasOlder }) => hasOlder)).toEqual([true, true, false]);
    expect((await oldest.older()).items).toEqual([]);
  });

  it('keeps the order of events however long each takes to open', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('x'.repeat(500_000)); // decrypted longer than those after it
    for (let number = 0; number < 10; number++) await alice.room.send(`${number}`);
    await until(() => expect(bob.told).toHaveLength(11));
    expect(bob.told.slice(1).map(({ message }) => message.text)).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
  });

  it('takes in many events at once', async () => {
    await kit.directory.createUser('bob');
    kit.hub.join('the room', 'bob');
    const alice = await kit.open('alice');
    const texts = Array.from({ length: 30 }, (_, number) => `${number}`);
    for (const text of texts) await alice.room.send(text);
    const bob = await kit.open('bob');
    for (const item of (await bob.transport.history({ limit: 30 })).items) bob.transport.tell('message', item);
    await until(() => expect(bob.told.map(({ message }) => message.text)).toEqual(texts));
  });

  it('tells of an old message that changes without having been loaded', async () => {
    await kit.directory.createUser('bob');
    kit.hub.join('the room', 'bob');
    const alice = await kit.open('alice');
    for (const text of ['a', 'b', 'c']) await alice.room.send(text);
    const bob = await kit.open('bob');
    const [a, b] = (await messagesOf(alice)) as [RoomMessage, RoomMessage];
    await a.edit('a, corrected');
    await b.remove();
    await until(() =>
      expect(bob.told.map(({ event, message }) => [event, message.index, message.text])).toEqual([
        ['updated', 0, 'a, corrected'],
        ['removed', 1, null],
      ]),
    );
  });

  it('keeps what an event said when a page from before it comes later', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('a');
    await until(() => expect(bob.told).toHaveLength(1));
    const history = bob.transport.history.bind(bob.transport);
    bob.transport.history = async (query) => {
      const page = await history(query);
      await (await messagesOf(alice))[0]!.edit('b');
      await until(() => expect(bob.told.at(-1)!.message.text).toBe('b'));
      return page;
    };
    expect(await linesOf(bob)).toEqual(['verified: b']);
    expect(bob.told.map(({ message }) => message.text)).toEqual(['a', 'b']);
  });

  it('sends what several calls ask for at the same time in the order of the calls', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await Promise.all(['a', 'b', 'c'].map((text) => alice.room.send(text)));
    expect(await linesOf(bob)).toEqual(['verified: a', 'verified: b', 'verified: c']);
    expect((await messagesOf(bob)).flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('has one chain for two tabs of a user, and another for each device', async () => {
    const store = createTestStore();
    const [bob] = (await kit.openAll('bob', 'alice')) as [Side];
    const tabs = [await kit.open('alice', { store }), await kit.open('alice', { store })] as const;
    await Promise.all([tabs[0].room.send('a'), tabs[1].room.send('b'), tabs[0].room.send('c')]);
    await (await kit.open('alice')).room.send('from another device');
    const messages = await messagesOf(bob);
    expect(messages.map(({ verification }) => verification.state)).toEqual(Array(4).fill('verified'));
    expect(messages.flatMap(({ warnings }) => warnings)).toEqual([]);
    const devices = messages.map(({ verification }) => 'device' in verification && verification.device);
    expect(new Set(devices).size).toBe(2);
  });

  it('carries a text that is longer than the transport takes as a file', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const text = 'long '.repeat(20_000);
    await alice.room.send(text);
    const [message] = (await messagesOf(bob)) as [RoomMessage];
    expect(message.text).toBe(text);
    expect(message.attachments).toEqual([]);
  });

  it('answers another message', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('question');
    const [question] = (await messagesOf(bob)) as [RoomMessage];
    await bob.room.send({ text: 'answer', replyTo: question });
    expect((await messagesOf(alice))[1]!.replyTo).toEqual({ id: question.id, index: question.index });
  });

  it('spoils no text: emoji, half surrogate pairs and what looks like JSON or a body', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const texts = ['👩‍👩‍👧 ẞ \u0000', '{"v":1,"kind":"message"}', 'sotto1:AAAA', 'half \ud83d'];
    for (const text of texts) await alice.room.send(text);
    expect((await messagesOf(bob)).map(({ text }) => text)).toEqual([...texts.slice(0, 3), 'half \ufffd']);
  });

  it('tells of changes in who takes part', async () => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    let count = 0;
    alice.room.on('membersChanged', () => count++);
    kit.hub.join('the room', 'carol');
    await until(() => expect(count).toBe(1));
    const states = (await alice.room.members()).map(({ identity, state }) => [identity, state]);
    expect(states).toEqual([
      ['alice', 'ready'],
      ['bob', 'ready'],
      ['carol', 'unknown'],
    ]);
  });

  it('tells nothing, and takes nothing, when it is closed', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await bob.room.close();
    await bob.room.close();
    await alice.room.send('hi');
    await until(() => expect(alice.told).toHaveLength(1));
    expect(bob.told).toEqual([]);
    for (const call of [bob.room.send('x'), bob.room.messages(), bob.room.title(), bob.room.acceptMember('carol')]) {
      await expect(call).rejects.toThrow(withCode('chat/closed'));
    }
  });

  it('keeps the other listeners when one throws, and says so', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const broken = new Error('a listener');
    bob.room.on('message', () => {
      throw broken;
    });
    const heard: (string | null)[] = [];
    bob.room.on('message', ({ text }) => heard.push(text));
    await alice.room.send('hi');
    await until(() => expect(heard).toEqual(['hi']));
    expect(bob.trouble.splice(0)).toEqual([broken]);
  });

  it('catches up with what was said, changed and removed while the connection was lost', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    for (const text of ['a', 'b', 'c']) await alice.room.send(text);
    await messagesOf(bob);
    await until(() => expect(bob.told).toHaveLength(3));
    bob.told.splice(0);
    bob.transport.isDeaf = true;
    const [a, b] = (await messagesOf(alice)) as [RoomMessage, RoomMessage];
    await a.edit('a, corrected');
    await b.remove();
    await alice.room.send('d');
    bob.transport.isDeaf = false;
    bob.transport.reconnect();
    await until(() => expect(bob.told).toHaveLength(3));
    expect(bob.told.map(({ event, message }) => [event, message.text])).toEqual([
      ['updated', 'a, corrected'],
      ['message', 'd'],
      ['removed', null],
    ]);
    expect((await messagesOf(bob)).flatMap(({ warnings }) => warnings)).toEqual([]);
  });
});

describe('an edit', () => {
  it('replaces the text, keeps the rest, and counts', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send({ text: 'frist', files: [textFile('a.txt', 'content')] });
    await messagesOf(bob);
    const [message] = (await messagesOf(alice)) as [RoomMessage];
    await message.edit('first');
    await message.edit('first!');
    await until(() => expect(bob.told.at(-1)).toMatchObject({ event: 'updated', message: { text: 'first!' } }));
    const [edited] = (await messagesOf(bob)) as [RoomMessage];
    expect(edited).toMatchObject({ id: message.id, edited: true, revision: 2, warnings: [] });
    expect(new TextDecoder().decode(await edited.attachments[0]!.bytes())).toBe('content');
  });

  it('is seen as such by one who opens the room later', async () => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    await alice.room.send('a');
    const [message] = (await messagesOf(alice)) as [RoomMessage];
    await message.edit('b');
    await alice.room.send('c');
    const messages = await messagesOf(await kit.open('bob'));
    expect(messages.map(({ text, revision }) => [text, revision])).toEqual([
      ['b', 1],
      ['c', 0],
    ]);
    expect(messages.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('can be made on another device', async () => {
    const [bob] = (await kit.openAll('bob', 'alice')) as [Side];
    await (await kit.open('alice')).room.send('a');
    const second = await kit.open('alice');
    await (await messagesOf(second))[0]!.edit('b');
    await second.room.send('c');
    const messages = await messagesOf(bob);
    expect(messages.map(describeMessage)).toEqual(['verified: b', 'verified: c']);
    expect(messages.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('that leaves nothing is refused, and one that leaves files is not', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('a');
    await alice.room.send({ text: 'b', files: [textFile('b.txt', 'content')] });
    const [bare, withFile] = (await messagesOf(alice)) as [RoomMessage, RoomMessage];
    await expect(bare.edit('')).rejects.toThrow(withCode('chat/empty-message'));
    await withFile.edit('');
    expect((await messagesOf(bob)).map(({ text }) => text)).toEqual(['a', '']);
  });

  it('of what somebody else wrote, or of plain text, is refused', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('a');
    await bob.transport.send({ payload: 'plain', files: [] });
    for (const message of await messagesOf(bob)) {
      await expect(message.edit('x')).rejects.toThrow(withCode('chat/cannot-edit'));
    }
  });

  it('that is longer than the transport takes is refused, and the message stays', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('a');
    await expect((await messagesOf(alice))[0]!.edit('x'.repeat(50_000))).rejects.toThrow(withCode('chat/too-long'));
    await alice.room.send('b');
    const messages = await messagesOf(bob);
    expect(messages.map(describeMessage)).toEqual(['verified: a', 'verified: b']);
    expect(messages.flatMap(({ warnings }) => warnings)).toEqual([]);
  });
});

describe('a removed message', () => {
  it('is told of without its text, and explains the number that is missing', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    for (const text of ['a', 'b', 'c']) await alice.room.send(text);
    await messagesOf(bob);
    await (await messagesOf(alice))[1]!.remove();
    await until(() => expect(bob.told.at(-1)).toMatchObject({ event: 'removed' }));
    const { message } = bob.told.at(-1)!;
    expect(message).toMatchObject({ text: null, isRemoved: true, verification: { state: 'removed' }, index: 1 });
    const left = await messagesOf(bob);
    expect(left.map(describeMessage)).toEqual(['verified: a', 'verified: c']);
    expect(left.flatMap(({ warnings }) => warnings)).toEqual([]);
  });
});

describe('reactions', () => {
  it('are seen by all, by emoji, and can be taken back', async () => {
    const [alice, bob, carol] = (await kit.openAll('alice', 'bob', 'carol')) as [Side, Side, Side];
    await alice.room.send('hi');
    const [forBob] = (await messagesOf(bob)) as [RoomMessage];
    await Promise.all([forBob.react('👍'), forBob.react('🎉'), forBob.react('👍')]);
    await (await messagesOf(carol))[0]!.react('👍');
    const reactionsOf = async (side: Side) => (await messagesOf(side))[0]!.reactions;
    for (const side of [alice, bob, carol]) {
      await until(async () =>
        expect(await reactionsOf(side)).toEqual([
          { emoji: '👍', by: ['bob', 'carol'] },
          { emoji: '🎉', by: ['bob'] },
        ]),
      );
    }
    await forBob.unreact('🎉');
    await forBob.unreact('🙈');
    await until(async () => expect(await reactionsOf(alice)).toEqual([{ emoji: '👍', by: ['bob', 'carol'] }]));
    expect(alice.told.at(-1)).toMatchObject({ event: 'updated' });
  });

  it('stay when the text is edited', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send('hi');
    await (await messagesOf(bob))[0]!.react('👍');
    await (await messagesOf(alice))[0]!.edit('hello');
    const [message] = (await messagesOf(await kit.open('bob'))) as [RoomMessage];
    expect(message).toMatchObject({ text: 'hello', reactions: [{ emoji: '👍', by: ['bob'] }] });
  });

  it.each([
    ['nothing', ''],
    ['a long text', 'x'.repeat(65)],
    ['half a surrogate pair', '\ud83d'],
  ])('of %s are refused', async (_, emoji) => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    await alice.room.send('hi');
    await expect((await messagesOf(alice))[0]!.react(emoji)).rejects.toThrow(withCode('chat/bad-emoji'));
  });

  it('to plain text, or more than the transport has room for, are refused', async () => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    await alice.transport.send({ payload: 'plain', files: [] });
    await alice.room.send('hi');
    const [plain, message] = (await messagesOf(alice)) as [RoomMessage, RoomMessage];
    await expect(plain.react('👍')).rejects.toThrow(withCode('chat/cannot-react'));
    await alice.transport.setNote(message.ref, 'other', 'x'.repeat(3_900));
    await until(() => expect(alice.told).toHaveLength(2));
    await messagesOf(alice);
    await expect(message.react('👍')).rejects.toThrow(withCode('chat/too-long'));
  });
});

describe('the title of a room', () => {
  it('is encrypted, says who gave it, and is told of', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    expect(await bob.room.title()).toBeUndefined();
    let count = 0;
    bob.room.on('titleChanged', () => count++);
    await alice.room.setTitle('Ward 7');
    await until(() => expect(count).toBe(1));
    expect(await bob.room.title()).toMatchObject({
      text: 'Ward 7',
      author: 'alice',
      verification: { state: 'verified' },
    });
    await bob.room.setTitle('Ward 8');
    expect(await alice.room.title()).toMatchObject({ text: 'Ward 8', author: 'bob' });
  });

  it('of nothing, or too long, is refused', async () => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    for (const text of ['', 'x'.repeat(1025)]) {
      await expect(alice.room.setTitle(text)).rejects.toThrow(withCode('chat/bad-content'));
    }
  });
});

describe('a message that expires', () => {
  it('loses its text when it does, and says so', async () => {
    let now = Date.now();
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    const bob = await kit.open('bob', { clock: () => now });
    const expiresAt = new Date(now + 3_600_000);
    await alice.room.send({ text: 'soon gone', files: [textFile('a.txt', 'content')], expiresAt });
    await until(() => expect(bob.told[0]?.message).toMatchObject({ text: 'soon gone', expiresAt }));
    now += 3_600_000;
    await alice.room.send('later');
    const expired = { event: 'updated', message: { text: null, attachments: [], warnings: [], index: 0 } };
    await until(() => expect(bob.told).toContainEqual(expect.objectContaining({ event: 'updated' })));
    const told = bob.told.find(({ event }) => event === 'updated')!;
    expect(told).toMatchObject(expired);
    expect(told.message.verification).toEqual({ state: 'expired', sender: 'alice' });
    const lines = (await messagesOf(await kit.open('bob', { clock: () => now }))).map(describeMessage);
    expect(lines).toEqual(['expired: no text', 'verified: later']);
    await expect(told.message.react('👍')).rejects.toThrow(withCode('chat/cannot-react'));
  });

  it('does so by itself', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    await alice.room.send({ text: 'soon gone', expiresAt: new Date(Date.now() + 300) });
    const expired = { verification: { state: 'expired' }, text: null };
    await until(() => expect(bob.told.at(-1)?.message).toMatchObject(expired));
    await until(() => expect(alice.told.at(-1)?.message).toMatchObject(expired));
    await expect((await messagesOf(alice))[0]!.edit('back')).rejects.toThrow(withCode('chat/cannot-edit'));
  });

  it('is not sent with a date in the past, or none', async () => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    for (const time of [Date.now() - 1, Number.NaN]) {
      const sending = alice.room.send({ text: 'x', expiresAt: new Date(time) });
      await expect(sending).rejects.toThrow(withCode('chat/bad-expiry'));
    }
  });
});

describe('what was not written by a room', () => {
  it('is shown as plain text, or not at all', async () => {
    const [alice] = (await kit.openAll('alice', 'bob')) as [Side];
    await alice.transport.send({ payload: 'from a bot', files: [] });
    expect((await messagesOf(alice)).map(describeMessage)).toEqual(['plaintext: from a bot']);
    const bob = await kit.open('bob', { onPlaintext: 'drop' });
    await alice.transport.send({ payload: 'once more', files: [] });
    await alice.room.send('encrypted');
    await until(() => expect(bob.told.map(({ message }) => message.text)).toEqual(['encrypted']));
    expect((await messagesOf(bob)).map(describeMessage)).toEqual(['verified: encrypted']);
  });

  it('is read as unbound if it is a plain envelope, and says whether its signature stands in clear', async () => {
    const [alice, bob] = (await kit.openAll('alice', 'bob')) as [Side, Side];
    const { session, card } = alice.user;
    const readers = [bob.user.card, card];
    const plaintext = new TextEncoder().encode('from 2019');
    const old = await session.sealLegacy({ plaintext, readers });
    const signed = await (await session.prepareEnvelope(readers)).seal(plaintext);
    for (const message of [old, signed]) {
      await alice.transport.send({ payload: encodeBody({ form: 'legacy', message }), files: [] });
    }
    const messages = await messagesOf(bob);
    expect(messages.map(describeMessage)).toEqual(['unbound: from 2019', 'unbound: from 2019']);
    expect(messages.map(({ verification }) => verification)).toEqual([
      { state: 'unbound', sender: 'alice', isSignatureInClear: true },
      { state: 'unbound', sender: 'alice', isSignatureInClear: false },
    ]);
  });

  it('can be written for old clients, and then has nothing but text', async () => {
    kit.hub.join('the room', 'bob');
    const alice = await kit.open('alice', { unsafeLegacyFormat: true });
    const bob = await kit.open('bob');
    expect(await alice.room.send('for 2019')).toEqual({ id: undefined, index: 0 });
    expect((await messagesOf(bob)).map(describeMessage)).toEqual(['unbound: for 2019']);
    const more = [
      { files: [textFile('a', 'b')] },
      { expiresAt: new Date(Date.now() + 1e6) },
      { replyTo: { id: 'x', index: 0 } },
    ];
    for (const extra of more) {
      await expect(alice.room.send({ text: 'x', ...extra })).rejects.toThrow(withCode('chat/not-supported'));
    }
  });
});

describe('standing extra readers', () => {
  it('can read, and are shown to all', async () => {
    const officer = await kit.directory.createUser('officer');
    const alsoFor = [officer.card];
    for (const name of ['alice', 'bob']) kit.hub.join('the room', name);
    const alice = await kit.open('alice', { alsoFor });
    const bob = await kit.open('bob');
    await alice.room.send('hi');
    const [message] = (await messagesOf(bob)) as [RoomMessage];
    expect(message.readers.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob']);
    expect(message.extraReaders.map(({ identity }) => identity)).toEqual(['officer']);
    expect(message.warnings).toEqual([]);
    expect(describeMessage((await messagesOf(await kit.open('officer', { user: officer })))[0]!)).toBe('verified: hi');
  });
});

function textFile(name: string, content: string) {
  return { name, type: 'text/plain', content: new Blob([content]) };
}
