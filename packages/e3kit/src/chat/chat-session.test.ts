import { base64ToBytes, bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { useGroupWorld } from '@sotto/testing/group-world';
import { describe, expect, it } from 'vitest';
import { createMemoryCardCache, createMemoryKeyStore, type EThree, type EThreeOptions } from '../index.ts';
import type { ChatSession } from './open-chat-session.ts';

const kit = useGroupWorld();
const withCode = (code: string) => expect.objectContaining({ code });

interface Side {
  readonly user: EThree;
  readonly session: ChatSession;
}

async function startSide(name: string, options = {}): Promise<Side> {
  const user = await kit.registerUser(name, options);
  return { user, session: await user.openChatSession() };
}

function openClient(identity: string, options: EThreeOptions = {}): Promise<EThree> {
  return kit.world.createClient(identity, { apiUrl: kit.proxy.url, ...options });
}

async function sealFor(from: Side, to: readonly Side[], text: string): Promise<Uint8Array> {
  const people = await from.session.findPeople(to.map(({ user }) => user.identity));
  const prepared = await from.session.prepareEnvelope([...people.values()].map(({ card }) => card));
  return prepared.seal(utf8ToBytes(text));
}

/** Gives `identity` a key that nobody vouches for, as a service could that lies. */
async function replaceKeyOf({ user }: Side): Promise<EThree> {
  const elsewhere = await openClient(user.identity);
  await elsewhere.rotatePrivateKey();
  return elsewhere;
}

describe('the session of a chat', () => {
  it('knows the readers of an envelope before its text, and the envelope lists the same', async () => {
    const [alice, bob, carol] = [await startSide('alice'), await startSide('bob'), await startSide('carol')];
    const people = await alice.session.findPeople([bob.user.identity, carol.user.identity]);
    const cards = [...people.values()].map(({ card }) => card);
    const prepared = await alice.session.prepareEnvelope([...cards, cards[0]!]);
    expect(prepared.keyIds).toHaveLength(3);
    expect(prepared.keyIds).toEqual([...prepared.keyIds].sort());
    const message = await prepared.seal(utf8ToBytes('hi'));
    const opened = await bob.session.openEnvelope({ message, author: alice.user.identity });
    expect(bytesToUtf8(opened.plaintext)).toBe('hi');
    expect(opened).toMatchObject({ mode: 'signAndEncrypt', keyIds: prepared.keyIds });
    expect(opened.signer).toMatchObject({ identity: alice.user.identity, isOutdated: false });
  });

  it('opens an envelope for its readers only, and only as by who has signed it', async () => {
    const [alice, bob, carol] = [await startSide('alice'), await startSide('bob'), await startSide('carol')];
    const message = await sealFor(alice, [bob], 'hi');
    await expect(carol.session.openEnvelope({ message, author: alice.user.identity })).rejects.toThrow(
      withCode('envelope/not-a-recipient'),
    );
    await expect(bob.session.openEnvelope({ message, author: carol.user.identity })).rejects.toThrow(
      withCode('envelope/other-signer'),
    );
    await expect(bob.session.openEnvelope({ message, author: bob.user.identity })).rejects.toThrow(
      withCode('envelope/other-signer'),
    );
    await expect(bob.session.openEnvelope({ message, author: 'nobody' })).rejects.toThrow(
      withCode('chat/unknown-sender'),
    );
    const own = await alice.session.openEnvelope({ message, author: alice.user.identity });
    expect(bytesToUtf8(own.plaintext)).toBe('hi');
  });

  it('writes the format of 2019 when told to, which apps of that time read', async () => {
    const [alice, bob] = [await startSide('alice'), await startSide('bob')];
    const { card } = (await alice.session.findPeople([bob.user.identity])).get(bob.user.identity)!;
    const message = await alice.session.sealLegacy({ plaintext: utf8ToBytes('hi'), readers: [card] });
    expect(Buffer.from(await bob.user.decrypt(message, await bob.user.findUsers(alice.user.identity))).toString()).toBe(
      'hi',
    );
    const opened = await bob.session.openEnvelope({ message, author: alice.user.identity });
    expect(opened.mode).toBe('signThenEncrypt');
  });

  it('takes a rotated key without asking, and reads what the former one has signed', async () => {
    const [alice, bob] = [await startSide('alice'), await startSide('bob')];
    const before = await sealFor(alice, [bob], 'before');
    await bob.session.openEnvelope({ message: before, author: alice.user.identity });
    await alice.user.replacePrivateKey();
    const after = await sealFor(alice, [bob], 'after');
    const opened = await bob.session.openEnvelope({ message: after, author: alice.user.identity });
    expect(opened.signer.isOutdated).toBe(false);
    const former = await bob.session.openEnvelope({ message: before, author: alice.user.identity });
    expect(former.signer.isOutdated).toBe(true);
  });

  it('believes nothing by a replaced key until it is accepted, and all by the key that was', async () => {
    const options = { keyStore: createMemoryKeyStore(), cardCache: createMemoryCardCache() };
    const [alice, bob] = [await startSide('alice'), await startSide('bob', options)];
    const before = await sealFor(alice, [bob], 'before');
    await bob.session.openEnvelope({ message: before, author: alice.user.identity });
    const other = await replaceKeyOf(alice);
    const after = await sealFor({ user: other, session: await other.openChatSession() }, [bob], 'after');

    const read = (session: ChatSession, message: Uint8Array) =>
      session.openEnvelope({ message, author: alice.user.identity });
    await expect(read(bob.session, after)).rejects.toThrow(withCode('chat/key-not-accepted'));
    expect((await read(bob.session, before)).signer.isOutdated).toBe(true);
    // So it is after a restart, from what the device has kept.
    const restarted = await (await openClient(bob.user.identity, options)).openChatSession();
    await expect(read(restarted, after)).rejects.toThrow(withCode('chat/key-not-accepted'));
    expect(bytesToUtf8((await read(restarted, before)).plaintext)).toBe('before');

    const person = (await bob.session.findPeople([alice.user.identity])).get(alice.user.identity)!;
    expect(person).toMatchObject({ isAccepted: false, isVerified: false });
    let calls = 0;
    const stop = bob.session.onKeysChanged(() => calls++);
    await bob.user.acceptKey(person.card);
    expect(calls).toBe(1);
    stop();
    expect(bytesToUtf8((await read(bob.session, after)).plaintext)).toBe('after');
    await bob.user.setVerified(person.card);
    expect(calls).toBe(1);
    expect((await bob.session.findPeople([alice.user.identity])).get(alice.user.identity)).toMatchObject({
      isAccepted: true,
      isVerified: true,
    });
  });

  it('takes the last accepted key as good when the service comes back to it', async () => {
    const [alice, bob] = [await startSide('alice'), await startSide('bob')];
    const answers: string[] = [];
    kit.proxy.meddle = async (request, forward) => {
      const answer = await forward();
      if (request.path.includes('search')) answers.push(answer.body);
      return answer;
    };
    const find = async () =>
      (await bob.session.findPeople([alice.user.identity], { isFresh: true })).values().next().value;
    expect(await find()).toMatchObject({ isAccepted: true });
    await replaceKeyOf(alice);
    expect(await find()).toMatchObject({ isAccepted: false });
    const [first = ''] = answers;
    kit.proxy.meddle = async (request, forward) =>
      request.path.includes('search') ? { ...(await forward()), body: first } : forward();
    expect(await find()).toMatchObject({ isAccepted: true });
  });

  it('asks for a card anew after ten seconds, so that a replaced key is not written to for longer', async () => {
    let now = Date.now();
    const alice = await startSide('alice', { clock: () => now });
    const bob = await startSide('bob');
    const isAccepted = async () =>
      (await alice.session.findPeople([bob.user.identity])).get(bob.user.identity)?.isAccepted;
    expect(await isAccepted()).toBe(true);
    await replaceKeyOf(bob);
    now += 9_000;
    expect(await isAccepted()).toBe(true);
    now += 2_000;
    expect(await isAccepted()).toBe(false);
  });

  it('leaves out who has no card, and finds those whom it has seen while the service is away', async () => {
    const [alice, bob] = [await startSide('alice'), await startSide('bob')];
    expect([...(await alice.session.findPeople([bob.user.identity, 'nobody'])).keys()]).toEqual([bob.user.identity]);
    kit.proxy.meddle = () => 'cut';
    const offline = await openClient(alice.user.identity);
    const session = await offline.openChatSession();
    expect((await alice.session.findPeople([bob.user.identity])).size).toBe(1);
    await expect(session.findPeople(['carol of another day'])).rejects.toThrow(withCode('transport/unreachable'));
    const message = await sealFor(alice, [bob], 'hi');
    await expect(bob.session.openEnvelope({ message, author: alice.user.identity })).rejects.toThrow(
      withCode('chat/unknown-sender'),
    );
    kit.proxy.meddle = undefined;
  });

  it('asks the service a few times, and not for every message that is by none of the known keys', async () => {
    const [alice, bob, mallory] = [await startSide('alice'), await startSide('bob'), await startSide('mallory')];
    const forged = await sealFor(mallory, [bob], 'as if by alice');
    const searches = () => kit.proxy.seen.filter(({ path }) => path.includes('search')).length;
    const before = searches();
    for (let round = 0; round < 9; round++) {
      await expect(bob.session.openEnvelope({ message: forged, author: alice.user.identity })).rejects.toThrow(
        withCode('envelope/other-signer'),
      );
    }
    expect(searches() - before).toBe(5);
  });

  it('seals files under keys of their own, without name and type', async () => {
    const [alice, bob, mallory] = [await startSide('alice'), await startSide('bob'), await startSide('mallory')];
    const content = Buffer.alloc(300_000, 'sotto');
    const seen: number[] = [];
    const sealed = await alice.session.sealFile(new File([content], 'secret.pdf', { type: 'application/pdf' }), {
      onProgress: (done) => seen.push(done),
    });
    expect(seen.at(-1)).toBe(content.length);
    expect(sealed.ciphertext).toMatchObject({ type: 'application/octet-stream' });
    expect('name' in sealed.ciphertext).toBe(false);
    await bob.session.findPeople([alice.user.identity, mallory.user.identity]);
    const opened = await bob.session.openFile(sealed.ciphertext, { key: sealed.key, author: alice.user.identity });
    expect(Buffer.from(await opened.arrayBuffer()).equals(content)).toBe(true);
    await expect(
      bob.session.openFile(sealed.ciphertext, { key: sealed.key, author: mallory.user.identity }),
    ).rejects.toThrow(withCode('envelope/other-signer'));
  });

  it('seals under a secret that readers share, signed', async () => {
    const [alice, bob, mallory] = [await startSide('alice'), await startSide('bob'), await startSide('mallory')];
    const shared = { id: new Uint8Array(32).fill(1), secret: new Uint8Array(32).fill(2) };
    await bob.session.findPeople([alice.user.identity, mallory.user.identity]);
    const message = await alice.session.sealShared({ ...shared, plaintext: utf8ToBytes('👍') });
    const open = (author: Side, use = shared) =>
      bob.session.openShared({ ...use, message, author: author.user.identity });
    expect(bytesToUtf8(await open(alice))).toBe('👍');
    await expect(open(mallory)).rejects.toThrow(withCode('group/bad-signature'));
    await expect(open(alice, { ...shared, id: new Uint8Array(32) })).rejects.toThrow(withCode('group/other-group'));
    await expect(open(alice, { ...shared, secret: new Uint8Array(32) })).rejects.toThrow(
      withCode('group/undecryptable'),
    );
  });

  it('has a group for a large room, which a device keeps', async () => {
    const [alice, bob, carol] = [await startSide('alice'), await startSide('bob'), await startSide('carol')];
    const groupId = utf8ToBytes(`room of ${alice.user.identity}`);
    const people = await alice.session.findPeople([alice.user.identity, bob.user.identity]);
    const cards = [...people.values()].map(({ card }) => card);
    const group = await alice.session.createGroup(groupId, cards);
    expect([...group.participants].sort()).toEqual([alice.user.identity, bob.user.identity]);
    const message = await group.encrypt(utf8ToBytes('to all'));
    const ofBob = await bob.session.loadGroup(groupId, alice.user.identity);
    const opened = await ofBob.decrypt(message, alice.user.identity);
    expect(bytesToUtf8(opened.plaintext)).toBe('to all');
    expect(opened.signer.identity).toBe(alice.user.identity);
    await expect(carol.session.loadGroup(groupId, alice.user.identity)).rejects.toThrow(withCode('group/not-found'));
    kit.proxy.meddle = () => 'cut';
    const kept = await bob.session.loadGroup(groupId, alice.user.identity);
    expect(bytesToUtf8((await kept.decrypt(message, alice.user.identity)).plaintext)).toBe('to all');
    kit.proxy.meddle = undefined;
  });

  it('keeps what a chat gives it, apart for each user, until cleanup', async () => {
    const keyStore = createMemoryKeyStore();
    const [alice, bob] = [await startSide('alice', { keyStore }), await startSide('bob', { keyStore })];
    await alice.session.store.save('room', base64ToBytes('AQID'));
    await bob.session.store.save('room', base64ToBytes('BAUG'));
    expect(await alice.session.store.load('room')).toEqual(Uint8Array.of(1, 2, 3));
    await alice.user.cleanup();
    expect(await alice.session.store.load('room')).toBeUndefined();
    expect(await bob.session.store.load('room')).toEqual(Uint8Array.of(4, 5, 6));
    expect(await bob.session.store.remove('room')).toBe(true);
  });
});
