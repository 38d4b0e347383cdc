// A visitor and bob, in a whole demo: he talks, listens to what was encrypted, and falls for no attack.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DemoWorld, startDemoWorld, type VisitedRoom, type Visitor } from '../test-kit.ts';

let world: DemoWorld;
let alice: Visitor;

beforeAll(async () => {
  world = await startDemoWorld({ withBob: true });
  alice = await world.visit('alice');
});
afterAll(async () => {
  await world.close();
  expect(world.troubles).toEqual([]);
});

const ofBob = (room: VisitedRoom, fits: RegExp) =>
  room.find(({ author, text }) => author === 'bob' && text !== null && fits.test(text));
const attack = (name: string, request: Record<string, unknown>) => world.ask(`/demo/attack/${name}`, request);

describe('bob', () => {
  it('greets whoever adds him, reads, answers, and corrects his first answer', async () => {
    const room = await alice.createRoom('bob');
    const typing = new Promise<string | null>((resolve) => {
      room.room.on('typingStarted', ({ identity }) => resolve(identity));
    });
    expect(await ofBob(room, /I am bob/)).toMatchObject({ verification: { state: 'verified', sender: 'bob' } });
    const { index } = await room.send('hello');
    expect(await typing).toBe('bob');
    const answer = await ofBob(room, /^Got it: 5 characters, encrypted for alice and bob\. /);
    await vi.waitFor(() => expect(answer).toMatchObject({ edited: true, revision: 1 }));
    const [, participant] = await room.room.getParticipants();
    expect(participant).toMatchObject({ identity: 'bob', lastReadMessageIndex: index });
  });

  it('reacts now and then, and tells what can be tried', async () => {
    const room = await alice.createRoom('bob');
    await room.send('hello');
    await ofBob(room, /^Got it/);
    const second = await room.send('/help');
    await ofBob(room, /Some things to try/);
    await vi.waitFor(() => expect(second.reactions).toMatchObject([{ by: ['bob'] }]));
  });

  it('opens files', async () => {
    const room = await alice.createRoom('bob');
    await room.send({ contentType: 'text/plain', filename: 'plan.txt', media: Buffer.from('twelve bytes') });
    const answer = await ofBob(room, /^“plan\.txt” arrived: /);
    expect(answer.text).toContain('12 bytes after decryption');
  });

  it('speaks of replies, and of messages that disappear', async () => {
    const room = await alice.createRoom('bob');
    const hello = await ofBob(room, /I am bob/);
    const reply = await room.send('a reply', undefined, { replyTo: hello });
    expect(reply.replyTo).toEqual({ id: hello.id, index: hello.index });
    await ofBob(room, /link to what you reply to/);
    await room.send('for a moment', undefined, { expiresAt: new Date(Date.now() + 3_600_000) });
    await ofBob(room, /^I can read that until \d\d:\d\d:\d\d/);
  });

  it('writes to people whom the visitor writes to, and to nobody who was only added', async () => {
    const carol = await world.visit('carol');
    const room = await alice.createRoom('bob');
    const { sid } = room.room;
    await ofBob(room, /I am bob/);
    await room.room.addParticipant('carol');
    const ofCarol = await vi.waitFor(() => carol.openRoom(sid));
    await room.send('hello, both');
    expect(await ofBob(ofCarol, /^Got it: .* for alice, bob and carol/)).toMatchObject({ leftOut: [] });

    await attack('silent-reader', { room: sid, reader: 'mallory' });
    await attack('sms-member', { room: sid });
    const leaveOut = await vi.waitFor(async () => {
      const members = await room.room.members();
      expect(members).toHaveLength(5);
      return members.filter(({ state }) => state !== 'ready').map(({ identity, ref }) => identity ?? ref);
    });
    await room.send('only us', undefined, { leaveOut });
    const answer = await ofBob(room, /^Signed by alice’s key/);
    expect(answer.leftOut).toEqual([...leaveOut].sort());
    expect(answer.readers.map(({ identity }) => identity).sort()).toEqual(['alice', 'bob', 'carol']);
  });

  it('does not answer himself, or what somebody else wrote in the name of another', async () => {
    const room = await alice.createRoom('bob');
    const { sid } = room.room;
    await room.send('first');
    await ofBob(room, /^Got it/);
    for (const author of ['alice', 'bob']) await attack('forge-author', { room: sid, author, text: 'forged' });
    await attack('forge-plaintext', { room: sid, author: 'alice', text: 'forged' });
    await attack('replay', { room: sid, message: room.messages.find(({ text }) => text === 'first')!.sid });
    await room.send('last');
    await ofBob(room, /^Signed by alice’s key/); // the next one: he has answered one message before
    expect(room.messages.filter(({ author }) => author === 'bob')).toHaveLength(4); // hello, two answers, one in his name
  });

  it('answers a program that answers everything for a while only', async () => {
    const room = await alice.createRoom('bob');
    room.room.on('messageAdded', ({ author }) => {
      if (author === 'bob' && room.messages.length < 60) void room.room.sendMessage('and again');
    });
    await room.send('hello');
    await vi.waitFor(() => expect(room.messages.length).toBeGreaterThanOrEqual(26), { timeout: 30_000 });
    await room.send('one more');
    // He takes one after the other: when he has read this one, he is done with that.
    const { index } = await room.send('and the last');
    await vi.waitFor(async () => {
      const participants = await room.room.getParticipants();
      const bob = participants.find(({ identity }) => identity === 'bob');
      expect(bob?.lastReadMessageIndex).toBe(index);
    });
    const answers = room.messages.filter(({ author }) => author === 'bob');
    expect(answers).toHaveLength(13); // hello, and twelve
  });
});

describe('the welcome room', () => {
  it('has bob in it, who lets in whoever asks, and greets', async () => {
    expect(await world.ask('/demo/welcome')).toEqual({ status: 200, json: { room: 'welcome', peer: 'bob' } });
    const { json } = await world.ask('/demo/welcome', { identity: 'alice' });
    expect(json).toEqual({ room: 'welcome', peer: 'bob', sid: expect.stringMatching(/^CH/) });
    const room = await vi.waitFor(() => alice.openRoom(json.sid as string));
    expect(room.room.uniqueName).toBe('welcome');
    await ofBob(room, /^Welcome, alice\./);
    await room.send('here I am');
    await ofBob(room, /^Got it/);
    expect((await world.ask('/demo/welcome', { identity: 'alice' })).json.sid).toBe(json.sid);
  });

  it.each([[{}], [{ identity: '' }], [{ identity: 7 }], [{ identity: 'x'.repeat(257) }]])(
    'lets nobody in by %j',
    async (body) => {
      expect(await world.ask('/demo/welcome', body)).toMatchObject({
        status: 400,
        json: { code: 'demo/missing-field' },
      });
    },
  );
});
