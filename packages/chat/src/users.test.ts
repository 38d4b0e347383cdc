/** Rooms of real users: `EThree` over a service, as an app has them. */
import { bytesToUtf8, equalBytes } from '@sotto/core';
import { startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryHub, type MemoryHub } from './memory/hub.ts';
import { openRoom } from './open-room.ts';
import { describeMessage, until, withCode } from '@sotto/testing/room-world';
import type { EncryptedRoom, RoomMessage, RoomOptions } from './room.ts';

type User = Awaited<ReturnType<World['createUser']>>;

let world: World;
let hub: MemoryHub;
let testNumber = 0;
const rooms: EncryptedRoom[] = [];

beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  hub = createMemoryHub();
  testNumber++;
});
afterEach(async () => {
  await Promise.all(rooms.splice(0).map((room) => room.close()));
});
afterAll(() => world.close());

const nameOf = (name: string): string => `${name} ${testNumber}`;
const register = (name: string): Promise<User> => world.createUser(nameOf(name));

async function open(user: User, options: Partial<RoomOptions> = {}): Promise<EncryptedRoom> {
  const room = await openRoom({ transport: hub.join('the room', user.identity), user, ...options });
  rooms.push(room);
  return room;
}

/** Rooms of users who all take part before the first is opened. */
async function openAll(...users: User[]): Promise<EncryptedRoom[]> {
  for (const { identity } of users) hub.join('the room', identity);
  return Promise.all(users.map((user) => open(user)));
}

async function linesOf(room: EncryptedRoom): Promise<string[]> {
  return (await room.messages()).items.map(describeMessage);
}

describe('users of a service', () => {
  it('talk in a room, and neither the chat service nor the service sees a word of it', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const [forAlice, forBob] = (await openAll(alice, bob)) as [EncryptedRoom, EncryptedRoom];
    const told: RoomMessage[] = [];
    forBob.on('message', (message) => told.push(message));
    const canary = 'canary-7c1f';
    const file = { name: `${canary}.txt`, type: `text/${canary}`, content: new Blob([`content ${canary}`]) };
    await forAlice.send({ text: `text ${canary}`, files: [file] });
    await forAlice.send(`long ${canary} `.repeat(5_000));
    await forAlice.setTitle(`title ${canary}`);
    await until(() => expect(told).toHaveLength(2));
    await told[0]!.react(`👍${canary}`);
    const [own] = (await forAlice.messages()).items as [RoomMessage];
    await own.edit(`edited ${canary}`);

    const [first, second] = (await forBob.messages()).items as [RoomMessage, RoomMessage];
    expect(first).toMatchObject({ text: `edited ${canary}`, verification: { state: 'verified' }, warnings: [] });
    expect(first.reactions).toEqual([{ emoji: `👍${canary}`, by: [bob.identity] }]);
    expect(first.readers.map(({ identity }) => identity).sort()).toEqual([alice.identity, bob.identity]);
    expect(second.text).toHaveLength(`long ${canary} `.length * 5_000);
    expect(await forBob.title()).toMatchObject({ text: `title ${canary}`, author: alice.identity });
    const [attachment] = first.attachments;
    expect(attachment).toMatchObject({ name: `${canary}.txt`, type: `text/${canary}` });
    expect(bytesToUtf8(await attachment!.bytes())).toBe(`content ${canary}`);

    const stored = [...hub.seen, ...(await Promise.all(hub.seenFiles.map((blob) => blob.text())))];
    const sent = world.seen.map((request) => JSON.stringify(request));
    expect([...stored, ...sent].filter((text) => text.includes(canary))).toEqual([]);
    expect(stored.length).toBeGreaterThan(8);
    expect(sent.length).toBeGreaterThan(2);
  });

  it('carry a large file, with progress that grows, and give up when told to', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const [forAlice, forBob] = (await openAll(alice, bob)) as [EncryptedRoom, EncryptedRoom];
    const content = new Uint8Array(5_000_000).map((_, index) => index % 251);
    const progress: number[] = [];
    const files = [{ name: 'large', type: '', content }];
    await forAlice.send({ files }, { onProgress: ({ phase, done }) => phase === 'encrypting' && progress.push(done) });
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(content.length);
    const [message] = (await forBob.messages()).items as [RoomMessage];
    expect(equalBytes(await message.attachments[0]!.bytes(), content)).toBe(true);
    const stopper = new AbortController();
    const sending = forAlice.send({ files }, { signal: stopper.signal, onProgress: () => stopper.abort() });
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect((await forBob.messages()).items).toHaveLength(1);
  });

  it('stop at a key that was replaced, and go on when it is accepted', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const [forAlice] = (await openAll(alice, bob)) as [EncryptedRoom];
    await forAlice.send('before');
    const elsewhere = await world.createClient(bob.identity);
    await elsewhere.rotatePrivateKey();
    await alice.findUsers(bob.identity);
    await expect(forAlice.send('to whom?')).rejects.toMatchObject({
      code: 'chat/key-not-accepted',
      details: { members: [bob.identity] },
    });

    const forBob = await open(elsewhere);
    await forBob.send('from the new key', { leaveOut: [] });
    expect(await linesOf(forAlice)).toEqual(['verified: before', 'failed: key-not-accepted']);
    const updated = until(async () =>
      expect(await linesOf(forAlice)).toEqual(['verified: before', 'verified: from the new key']),
    );
    await alice.acceptKey(await alice.findUsers(bob.identity));
    await updated;
    await forAlice.send('now it is known');
    expect(await linesOf(forBob)).toEqual([
      'failed: not-for-this-device',
      'verified: from the new key',
      'verified: now it is known',
    ]);
  });

  it('read what was signed by a key that its owner has rotated since', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const [forAlice] = (await openAll(alice, bob)) as [EncryptedRoom];
    await forAlice.send('with the old key');
    await alice.replacePrivateKey();
    await forAlice.send('with the new key');
    const messages = (await (await open(bob)).messages()).items;
    expect(messages.map(describeMessage)).toEqual(['verified: with the old key', 'verified: with the new key']);
    expect(messages.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(await linesOf(forAlice)).toEqual(['verified: with the old key', 'verified: with the new key']);
  });

  it('read what a plain EThree wrote, and are read by one', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    for (const { identity } of [alice, bob]) hub.join('the room', identity);
    const forAlice = await open(alice, { unsafeLegacyFormat: true });
    const forBob = await open(bob);
    const toBob = await alice.findUsers(bob.identity);
    await forAlice.transport.send({ payload: await alice.authEncrypt('signed and encrypted', toBob), files: [] });
    await forAlice.send('as in 2019');
    const messages = (await forBob.messages()).items;
    expect(messages.map(({ text, verification }) => [text, verification])).toEqual([
      ['signed and encrypted', { state: 'unbound', sender: alice.identity, isSignatureInClear: false }],
      ['as in 2019', { state: 'unbound', sender: alice.identity, isSignatureInClear: true }],
    ]);
    const [, old] = (await forBob.transport.history({ limit: 2 })).items;
    expect(await bob.decrypt(old!.payload!, await bob.lookupPublicKeys(alice.identity))).toBe('as in 2019');
  });

  it('refuse to write to a member without a card, by name', async () => {
    const [alice] = [await register('alice')];
    hub.join('the room', nameOf('dave'));
    const room = await open(alice);
    await expect(room.send('hi')).rejects.toThrow(withCode('chat/member-without-card'));
    await world.createUser(nameOf('dave'));
    await room.send('hi');
  });

  it('keep their place in the room over a restart, on the same device', async () => {
    const [alice, bob] = [await register('alice'), await register('bob')];
    const [forAlice, forBob] = (await openAll(alice, bob)) as [EncryptedRoom, EncryptedRoom];
    await forAlice.send('a');
    await forAlice.close();
    const again = await world.createClient(alice.identity, { keyStore: alice.keyStore });
    await (await open(again)).send('b');
    const messages = (await forBob.messages()).items;
    const devices = messages.map(({ verification }) => ('device' in verification ? verification.device : ''));
    expect(devices[0]).toBe(devices[1]);
    expect(messages.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('talk through a group of the service when there are many', async () => {
    const others = await Promise.all(Array.from({ length: 31 }, (_, number) => register(`member ${number}`)));
    const [alice, bob] = [await register('alice'), await register('bob')];
    for (const { identity } of others) hub.join('the room', identity);
    const [forAlice, forBob] = (await openAll(alice, bob)) as [EncryptedRoom, EncryptedRoom];
    await forAlice.send('hi all');
    expect((await forAlice.transport.history({ limit: 1 })).items[0]!.payload).toMatch(/^sotto1g:/);
    expect(await linesOf(forBob)).toEqual(['verified: hi all']);
    await forBob.send('hi');
    expect(await linesOf(forAlice)).toEqual(['verified: hi all', 'verified: hi']);
    hub.leave('the room', others[0]!.identity);
    await forAlice.send('without the first');
    const [message] = (await (await open(others[1]!)).messages({ limit: 1 })).items as [RoomMessage];
    expect(message).toMatchObject({ text: 'without the first', warnings: [] });
    expect(message.readers).toHaveLength(32);
  });
});
