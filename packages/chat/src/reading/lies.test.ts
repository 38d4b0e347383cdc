/** What a dishonest chat service can do, alone or with a member: each lie, and what the reader sees of it. No lie is shown as verified. */
import { bytesToBase64, bytesToBase64Url, seal, utf8ToBytes } from '@sotto/core';
import { encodeBody, encodeTitleNote, parseBody } from '@sotto/core/chat';
import { nodeProvider } from '@sotto/core/node';
import { at, copyTo, withFiles } from '@sotto/testing/evil-transport';
import { describe, expect, it } from 'vitest';
import type { RoomMessage } from '../room.ts';
import { createTestStore } from '@sotto/testing/chat-users';
import type { Incoming } from '../transport.ts';
import { describeMessage, forge, messagesOf, type Side, until, useRooms } from '@sotto/testing/room-world';

const kit = useRooms();
const linesOf = async (side: Side) => (await messagesOf(side)).map(describeMessage);
const storedIn = async ({ transport }: Side): Promise<readonly Incoming[]> =>
  (await transport.history({ limit: 100 })).items;

const post = (side: Side, payload: string) => side.transport.send({ payload, files: [] });

interface Scene {
  readonly alice: Side;
  readonly bob: Side;
  readonly mallory: Side;
  /** What alice wrote, as stored: `one` at 0, `two` at 1. */
  readonly stored: readonly Incoming[];
}

/** alice has written `one` and `two`; bob, who has seen nothing so far, is lied to; mallory is a member who helps. */
async function setScene(): Promise<Scene> {
  await kit.directory.createUser('bob');
  kit.hub.join('the room', 'bob');
  const [alice, mallory] = (await kit.openAll('alice', 'mallory')) as [Side, Side];
  await alice.room.send('one');
  await alice.room.send('two');
  return { alice, bob: await kit.open('bob'), mallory, stored: await storedIn(alice) };
}

type Lie = (scene: Scene) => void | Promise<void>;

const toldAtOnce: readonly (readonly [string, Lie, readonly string[]])[] = [
  [
    'names another author',
    ({ bob }) => {
      bob.transport.meddle = at(0, (message) => ({ ...message, author: 'mallory' }));
    },
    ['failed: author-mismatch', 'verified: two'],
  ],
  [
    'names no author',
    ({ bob }) => {
      bob.transport.meddle = at(0, (message) => ({ ...message, author: null }));
    },
    ['failed: author-mismatch', 'verified: two'],
  ],
  [
    'shows what a member wrote as written by another',
    async ({ bob, mallory }) => {
      bob.transport.meddle = at(2, (message) => ({ ...message, author: 'alice' }));
      await mallory.room.send('as alice');
    },
    ['verified: one', 'verified: two', 'failed: author-mismatch'],
  ],
  [
    'shows what a member wrote in the name of another, in the payload too',
    async ({ alice, bob, mallory }) => {
      await post(mallory, await forge(mallory, { readers: [alice.user.card, bob.user.card], sender: 'alice' }));
      bob.transport.meddle = at(2, (message) => ({ ...message, author: 'alice' }));
    },
    ['verified: one', 'verified: two', 'failed: author-mismatch'],
  ],
  [
    'repeats a message',
    ({ bob, stored }) => bob.transport.insert(copyTo(2, stored[0]!)),
    ['verified: one', 'verified: two', 'failed: replayed'],
  ],
  [
    'brings a message from another room',
    async ({ alice, bob }) => {
      kit.hub.join('another room', 'bob');
      const elsewhere = await kit.open('alice', { name: 'another room', user: alice.user });
      await elsewhere.room.send('said elsewhere');
      bob.transport.insert(copyTo(2, (await storedIn(elsewhere))[0]!));
    },
    ['verified: one', 'verified: two', 'failed: other-room'],
  ],
  [
    'passes what a reader encrypted anew for others',
    async ({ alice, bob, mallory }) => {
      const to = (await alice.user.session.prepareEnvelope([mallory.user.card])).keyIds;
      await post(alice, await forge(alice, { readers: [mallory.user.card, bob.user.card], to }));
    },
    ['verified: one', 'verified: two', 'failed: readers-mismatch'],
  ],
  [
    'undresses a payload to a plain envelope',
    async ({ bob, stored }) => {
      const body = parseBody(stored[0]!.payload!);
      if (body.form !== 'envelope') throw new Error(body.form);
      bob.transport.meddle = at(0, (message) => ({ ...message, payload: bytesToBase64(body.message) }));
    },
    ['failed: malformed', 'verified: two'],
  ],
  [
    'dresses a plain envelope up as a payload',
    async ({ alice, bob }) => {
      const prepared = await alice.user.session.prepareEnvelope([bob.user.card]);
      const message = await prepared.seal(utf8ToBytes('not of any room'));
      await post(alice, encodeBody({ form: 'envelope', message }));
    },
    ['verified: one', 'verified: two', 'failed: malformed'],
  ],
  [
    'writes unsigned',
    async ({ alice, bob }) => {
      const recipients = [bob.user.card.publicKey];
      const message = await seal(nodeProvider, { mode: 'encrypt', plaintext: utf8ToBytes('unsigned'), recipients });
      await post(alice, encodeBody({ form: 'envelope', message }));
      await post(alice, encodeBody({ form: 'legacy', message }));
    },
    ['verified: one', 'verified: two', 'failed: bad-signature', 'failed: bad-signature'],
  ],
  [
    'writes in clear',
    ({ bob }) => {
      bob.transport.meddle = at(0, (message) => ({ ...message, payload: 'one' }));
    },
    ['plaintext: one', 'verified: two'],
  ],
  [
    'turns a bit',
    ({ bob }) => {
      bob.transport.meddle = at(0, (message) => ({ ...message, payload: turnLastBits(message.payload!) }));
    },
    ['failed: undecryptable', 'verified: two'],
  ],
  [
    'cuts a message off',
    ({ bob }) => {
      bob.transport.meddle = at(0, (message) => ({ ...message, payload: message.payload!.slice(0, 400) }));
    },
    ['failed: malformed', 'verified: two'],
  ],
  [
    'speaks of a later version',
    ({ bob }) => {
      bob.transport.meddle = at(0, (message) => ({ ...message, payload: 'sotto2:AAAA' }));
    },
    ['failed: unsupported-version', 'verified: two'],
  ],
  [
    'passes a title off as a message',
    async ({ alice, bob }) => {
      const title = { kind: 'title', revision: 1, text: 'a title', readers: [bob.user.card] } as never;
      await post(alice, await forge(alice, title));
    },
    ['verified: one', 'verified: two', 'failed: malformed'],
  ],
];

describe('a service that', () => {
  it.each(toldAtOnce)('%s', async (_, lie, lines) => {
    const scene = await setScene();
    await lie(scene);
    expect(await linesOf(scene.bob)).toEqual(lines);
    // Nor does it come in as an event.
    const heard = scene.bob.told.filter(({ message }) => message.verification.state === 'verified');
    expect(heard.map(({ message }) => message.text).filter((text) => !['one', 'two'].includes(text!))).toEqual([]);
  });
});

/** Once bob has seen what was there. */
const toldLater: readonly (readonly [
  string,
  (message: Incoming, scene: Scene) => Incoming | Promise<Incoming>,
  string,
])[] = [
  ['puts plain text in its place', (message) => ({ ...message, payload: 'one' }), 'failed: edited-by-other'],
  [
    'puts another message of the author in its place',
    (message, { stored }) => ({ ...message, payload: stored[1]!.payload }),
    'failed: edited-by-other',
  ],
  [
    'puts in its place what a member wrote',
    async (message, { bob, mallory }) => ({ ...message, payload: await forge(mallory, { readers: [bob.user.card] }) }),
    'failed: edited-by-other',
  ],
  [
    'puts in its place what a member wrote, under the id of the message',
    async (message, { bob, mallory }) => {
      const seen = (await messagesOf(bob))[0]!;
      const payload = await forge(mallory, { readers: [bob.user.card], id: seen.id!, sender: 'alice' });
      return { ...message, payload };
    },
    'failed: edited-by-other',
  ],
  [
    'puts a plain envelope of the author in its place',
    async (message, { alice, bob }) => {
      const sealed = await alice.user.session.sealLegacy({ plaintext: utf8ToBytes('old'), readers: [bob.user.card] });
      return { ...message, payload: encodeBody({ form: 'legacy', message: sealed }) };
    },
    'failed: edited-by-other',
  ],
  ['names another author', (message) => ({ ...message, author: 'mallory' }), 'failed: edited-by-other'],
  ['turns a bit', (message) => ({ ...message, payload: turnLastBits(message.payload!) }), 'failed: undecryptable'],
];

describe('a service that changes a message that was seen, and', () => {
  it.each(toldLater)('%s', async (_, change, line) => {
    const scene = await setScene();
    const { bob, stored } = scene;
    expect(await linesOf(bob)).toEqual(['verified: one', 'verified: two']);
    const changed = await change(stored[0]!, scene);
    bob.transport.meddle = at(0, () => changed);
    bob.transport.tell('updated', changed);
    await until(() => expect(bob.told.map(({ message }) => describeMessage(message))).toContain(line));
    expect(await linesOf(bob)).toEqual([line, 'verified: two']);
  });

  it.each(toldLater)('%s, after a restart', async (_, change, line) => {
    const first = await setScene();
    await messagesOf(first.bob);
    const scene = await reopened(first);
    const { bob } = scene;
    const changed = await change(scene.stored[0]!, scene);
    bob.transport.meddle = at(0, () => changed);
    expect(await linesOf(bob)).toEqual([line, 'verified: two']);
  });

  it('rolls an edit back, also after a restart', async () => {
    const scene = await setScene();
    await (await messagesOf(scene.alice))[0]!.edit('one, corrected');
    expect(await linesOf(scene.bob)).toEqual(['verified: one, corrected', 'verified: two']);
    const expectRefusal = async ({ bob }: Scene) => {
      bob.transport.meddle = at(0, () => scene.stored[0]!);
      expect(await linesOf(bob)).toEqual(['failed: rolled-back', 'verified: two']);
    };
    await expectRefusal(scene);
    await expectRefusal(await reopened(scene));
  });

  it('shows it again elsewhere after it was removed, also after a restart', async () => {
    const scene = await setScene();
    expect(await linesOf(scene.bob)).toHaveLength(2);
    await (await messagesOf(scene.alice))[0]!.remove();
    await until(() => expect(scene.bob.told.map(({ event }) => event)).toContain('removed'));
    const expectRefusal = async ({ bob }: Scene) => {
      bob.transport.insert(copyTo(2, scene.stored[0]!));
      expect(await linesOf(bob)).toEqual(['verified: two', 'failed: replayed']);
    };
    await expectRefusal(scene);
    await expectRefusal(await reopened(scene));
  });

  it('brings the first of two copies later, which then is the good one', async () => {
    const { bob, stored } = await setScene();
    bob.transport.meddle = at(0, () => undefined);
    bob.transport.insert(copyTo(2, stored[0]!));
    await until(() => expect(bob.told).toHaveLength(1));
    expect(await linesOf(bob)).toEqual(['verified: two', 'verified: one']);
    bob.transport.meddle = undefined;
    bob.transport.tell('message', stored[0]!);
    await until(() => expect(describeMessage(bob.told.at(-1)!.message)).toBe('failed: replayed'));
    expect(bob.told.at(-1)).toMatchObject({ event: 'updated', message: { index: 2 } });
    expect(await linesOf(bob)).toEqual(['verified: one', 'verified: two', 'failed: replayed']);
  });
});

/** With bob on the same device after a restart. */
async function reopened(scene: Scene): Promise<Scene> {
  await scene.bob.room.close();
  return { ...scene, bob: await kit.open('bob', { user: scene.bob.user }) };
}

describe('a service that meddles with the file of a long text', () => {
  it.each([
    ['exchanges it', (message: Incoming) => withFiles(message, new Blob(['false'])), 'failed: media-swapped'],
    ['takes it away', (message: Incoming) => ({ ...message, files: [] }), 'failed: media-missing'],
    [
      'puts another in its place',
      (message: Incoming) => renamed(withFiles(message, new Blob(['false']))),
      'failed: media-missing',
    ],
  ])('and %s', async (_, lie, line) => {
    const { alice, bob } = await setScene();
    bob.transport.meddle = at(2, lie);
    await alice.room.send('long '.repeat(20_000));
    const [, , message] = await messagesOf(bob);
    expect(describeMessage(message!)).toBe(line);
    bob.transport.meddle = undefined;
    await message!.retry();
    expect((await messagesOf(bob))[2]!.text).toHaveLength(100_000);
  });
});

describe('a service that meddles with reactions', () => {
  it.each([
    ['moves one to another message', (notes: Notes) => ({ 1: notes[0]! })],
    ['gives one to another user', (notes: Notes) => ({ 0: { 'r:mallory': notes[0]!['r:bob']! } })],
    ['makes one up', () => ({ 0: { 'r:bob': 'sotto1r:AAAA', 'r:alice': 'liked' } })],
    ['takes one away', () => ({ 0: {} })],
  ] as const)('and %s shows none that was not made', async (_, lie) => {
    const { alice, bob } = await setScene();
    await (await messagesOf(bob))[0]!.react('👍');
    const stored = await storedIn(alice);
    const notes: Readonly<Record<number, Readonly<Record<string, string>>>> = lie(
      stored.map((message) => message.notes),
    );
    const reader = await kit.open('alice');
    reader.transport.meddle = (message) => ({ ...message, notes: notes[message.index] ?? {} });
    expect((await messagesOf(reader)).flatMap(({ reactions }) => reactions)).toEqual([]);
    // Whoever saw it keeps it.
    expect((await messagesOf(alice))[0]!.reactions).toEqual([{ emoji: '👍', by: ['bob'] }]);
    alice.transport.meddle = (message) => ({ ...message, notes: notes[message.index] ?? {} });
    expect((await messagesOf(alice)).map(({ reactions }) => reactions.length)).toEqual([1, 0]);
  });

  it('and brings an old one back does not undo what came after', async () => {
    const { alice, bob } = await setScene();
    const [message] = (await messagesOf(bob)) as [RoomMessage];
    await message.react('👍');
    const [old] = await storedIn(alice);
    await message.unreact('👍');
    await until(async () => expect((await messagesOf(alice))[0]!.reactions).toEqual([]));
    alice.transport.meddle = at(0, () => old!);
    expect((await messagesOf(alice))[0]!.reactions).toEqual([]);
  });
});

type Notes = readonly Readonly<Record<string, string>>[];

describe('a service that meddles with the title', () => {
  const titleOf = async ({ room }: Side): Promise<string> => {
    const title = await room.title();
    return title ? describeMessage({ ...title, text: title.text } as RoomMessage) : 'none';
  };
  const noteOf = async (side: Side): Promise<string> => (await side.transport.roomNotes()).title!;

  it('and brings an old one back, or one of another room, or makes one up', async () => {
    const { alice, bob } = await setScene();
    await alice.room.setTitle('old');
    const old = await noteOf(alice);
    await alice.room.setTitle('new');
    expect(await titleOf(bob)).toBe('verified: new');
    const show = async (note: string) => {
      await bob.transport.setRoomNote('title', note);
      return titleOf(bob);
    };
    expect(await show(old)).toBe('failed: rolled-back');
    kit.hub.join('another room', 'bob');
    const elsewhere = await kit.open('alice', { name: 'another room', user: alice.user });
    await elsewhere.room.setTitle('of another room');
    expect(await show(await noteOf(elsewhere))).toBe('failed: other-room');
    expect(await show('Ward 7')).toBe('failed: malformed');
  });

  it('and names another author, or passes a message off as a title', async () => {
    const { alice, bob, mallory } = await setScene();
    await mallory.room.setTitle('by mallory');
    const note = await noteOf(bob);
    const asAlice = note.replace(bytesToBase64Url(utf8ToBytes('mallory')), bytesToBase64Url(utf8ToBytes('alice')));
    expect(asAlice).not.toBe(note);
    await bob.transport.setRoomNote('title', asAlice);
    expect(await titleOf(bob)).toBe('failed: author-mismatch');
    const body = parseBody((await storedIn(alice))[0]!.payload!);
    if (body.form !== 'envelope') throw new Error(body.form);
    await bob.transport.setRoomNote('title', encodeTitleNote({ author: 'alice', body }));
    expect(await titleOf(bob)).toBe('failed: malformed');
  });
});

describe('a message of whose author', () => {
  it('nothing is known can be read when the author has a card', async () => {
    const { bob } = await setScene();
    bob.user.unknown.add('alice');
    expect(await linesOf(bob)).toEqual(['failed: unknown-key', 'failed: unknown-key']);
    bob.user.unknown.delete('alice');
    bob.user.keysChanged();
    await until(() => expect(bob.told.filter(({ event }) => event === 'updated')).toHaveLength(2));
    expect(await linesOf(bob)).toEqual(['verified: one', 'verified: two']);
  });

  it('the key was replaced can be read when it is accepted', async () => {
    const { bob } = await setScene();
    bob.user.refused.add('alice');
    const [message] = (await messagesOf(bob)) as [RoomMessage];
    expect(describeMessage(message)).toBe('failed: key-not-accepted');
    bob.user.refused.delete('alice');
    await message.retry();
    expect(await linesOf(bob)).toEqual(['verified: one', 'verified: two']);
  });

  it('the key was replaced with its consent is read, and says so', async () => {
    const { alice, bob } = await setScene();
    await kit.directory.replaceKey('alice');
    await alice.room.send('three');
    const messages = await messagesOf(bob);
    expect(messages.map(describeMessage)).toEqual(['verified: one', 'verified: two', 'verified: three']);
    const changes = messages.map(({ verification }) => 'keyChanged' in verification && verification.keyChanged);
    expect(changes).toEqual(['rotated', 'rotated', false]);
  });

  it('nothing can be looked up now says so, and can be tried again', async () => {
    const { bob } = await setScene();
    let isAway = true;
    const { session } = bob.user;
    const openEnvelope: typeof session.openEnvelope = (options) =>
      isAway ? Promise.reject(new Error('no connection')) : session.openEnvelope(options);
    const user = { ...bob.user, openChatSession: async () => ({ ...session, openEnvelope, store: createTestStore() }) };
    const side = await kit.open('bob', { user });
    const [message] = (await messagesOf(side)) as [RoomMessage];
    expect(describeMessage(message)).toBe('failed: unavailable');
    isAway = false;
    await message.retry();
    expect(describeMessage(side.told.at(-1)!.message)).toBe('verified: one');
  });
});

/** Of the signature or the tag, in the last four bytes; base64url stays base64url. */
function turnLastBits(payload: string): string {
  const place = payload.length - 6;
  return `${payload.slice(0, place)}${payload[place] === 'A' ? 'B' : 'A'}${payload.slice(place + 1)}`;
}

function renamed(message: Incoming): Incoming {
  return { ...message, files: message.files.map((file) => ({ ...file, name: 'another' })) };
}
