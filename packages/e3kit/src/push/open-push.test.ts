import { bytesToBase64Url } from '@sotto/core';
import { type ChatPayload, encodeBody, encodePayload } from '@sotto/core/chat';
import { useGroupWorld } from '@sotto/testing/group-world';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryCardCache, createMemoryKeyStore, type EThree } from '../index.ts';
import { openPush } from '../push-node.ts';

const kit = useGroupWorld();
const ROOM = 'CH0123';
const MESSAGE_ID = bytesToBase64Url(new Uint8Array(16).fill(7));

/** Bob's device, whose stores outlive the app. */
async function startDevice() {
  const stores = { keyStore: createMemoryKeyStore(), cardCache: createMemoryCardCache() };
  const bob = await kit.registerUser('bob', stores);
  const options = {
    keyStore: stores.keyStore,
    cards: stores.cardCache,
    servicePublicKey: kit.world.service.servicePublicKey,
  };
  return { bob, options };
}

async function sealMessage(from: EThree, to: EThree, change: Partial<ChatPayload> = {}): Promise<string> {
  const session = await from.openChatSession();
  const people = await session.findPeople([to.identity]);
  const prepared = await session.prepareEnvelope([...people.values()].map(({ card }) => card));
  const payload = {
    kind: 'message',
    room: ROOM,
    sender: from.identity,
    device: bytesToBase64Url(new Uint8Array(8)),
    id: MESSAGE_ID,
    n: 1,
    m: 1,
    prev: null,
    to: prepared.keyIds,
    text: 'hello',
    secret: MESSAGE_ID,
    ...change,
  } as ChatPayload;
  return encodeBody({ form: 'envelope', message: await prepared.seal(encodePayload(payload)) });
}

const refused = (reason: string) => ({ state: 'unverified', reason });

describe('openPush', () => {
  it('shows what a known user has written, asking nobody', async () => {
    const { bob, options } = await startDevice();
    const alice = await kit.registerUser('alice');
    await bob.findUsers(alice.identity);
    const ciphertext = await sealMessage(alice, bob);
    kit.proxy.seen.length = 0;
    expect(await openPush(ciphertext, { ...options, room: ROOM, author: alice.identity })).toEqual({
      state: 'verified',
      identity: bob.identity,
      sender: alice.identity,
      room: ROOM,
      id: MESSAGE_ID,
      text: 'hello',
      files: [],
      isEdit: false,
    });
    expect(kit.proxy.seen).toEqual([]);
  });

  it('finds the user whom it is for among several on the device', async () => {
    const { bob, options } = await startDevice();
    const carol = await kit.registerUser('carol', { keyStore: options.keyStore, cardCache: options.cards });
    const alice = await kit.registerUser('alice');
    await carol.findUsers(alice.identity);
    const opened = await openPush(await sealMessage(alice, carol), options);
    expect(opened).toMatchObject({ state: 'verified', identity: carol.identity });
    // What one user has seen is not known to the other.
    expect(await openPush(await sealMessage(alice, bob), options)).toEqual(refused('unknown-sender'));
  });

  it('shows no text by whom this device has not seen, or whose key was replaced', async () => {
    const { bob, options } = await startDevice();
    const [alice, mallory] = [await kit.registerUser('alice'), await kit.registerUser('mallory')];
    const ciphertext = await sealMessage(alice, bob);
    expect(await openPush(ciphertext, options)).toEqual(refused('unknown-sender'));
    const card = await bob.findUsers(alice.identity);
    await bob.refuseKey(card);
    expect(await openPush(ciphertext, options)).toEqual(refused('key-not-accepted'));
    await bob.acceptKey(card);
    expect(await openPush(ciphertext, options)).toMatchObject({ state: 'verified' });
    const forged = await sealMessage(mallory, bob, { sender: alice.identity });
    expect(await openPush(forged, options)).toEqual(refused('unknown-sender'));
  });

  it('needs the key of the service, by which cards are verified', async () => {
    const { bob, options } = await startDevice();
    const alice = await kit.registerUser('alice');
    await bob.findUsers(alice.identity);
    const ciphertext = await sealMessage(alice, bob);
    expect(await openPush(ciphertext, { ...options, servicePublicKey: undefined })).toEqual(refused('unknown-sender'));
  });

  it('shows nothing that is from elsewhere than the push says, for other readers, expired, or no message', async () => {
    const { bob, options } = await startDevice();
    const alice = await kit.registerUser('alice');
    await bob.findUsers(alice.identity);
    const ciphertext = await sealMessage(alice, bob);
    expect(await openPush(ciphertext, { ...options, author: 'carol' })).toEqual(refused('author-mismatch'));
    expect(await openPush(ciphertext, { ...options, room: 'CH0999' })).toEqual(refused('other-room'));
    const narrowed = await sealMessage(alice, bob, { to: [bytesToBase64Url(new Uint8Array(8))] });
    expect(await openPush(narrowed, options)).toEqual(refused('readers-mismatch'));
    const expiring = await sealMessage(alice, bob, { expiresAt: 1000 });
    expect(await openPush(expiring, { ...options, clock: () => 1000 })).toEqual(refused('expired'));
    expect(await openPush(expiring, { ...options, clock: () => 999 })).toMatchObject({ state: 'verified' });
    const title = { kind: 'title', text: 'x', revision: 1 } as const;
    expect(await openPush(await sealMessage(alice, bob, title), options)).toEqual(refused('malformed'));
    const toCarol = await sealMessage(alice, await kit.registerUser('carol'));
    expect(await openPush(toCarol, options)).toEqual(refused('not-for-this-device'));
    const inMedia = encodeBody({ form: 'media', sha256: bytesToBase64Url(new Uint8Array(32)) });
    expect(await openPush(inMedia, options)).toEqual(refused('needs-app'));
    expect(await openPush('lunch?', options)).toEqual(refused('malformed'));
  });

  it('survives any text, and shows no other text after any byte was changed', async () => {
    const { bob, options } = await startDevice();
    const alice = await kit.registerUser('alice');
    await bob.findUsers(alice.identity);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String().map((text) => `sotto1:${text}`),
        ),
        async (text) => {
          expect((await openPush(text, options)).state).toBe('unverified');
        },
      ),
    );
    const message = Buffer.from((await sealMessage(alice, bob)).slice('sotto1:'.length), 'base64url');
    await fc.assert(
      fc.asyncProperty(fc.nat(message.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(message);
        changed[at]! ^= mask;
        const opened = await openPush(`sotto1:${changed.toString('base64url')}`, options);
        // The head has parts that nobody signs, such as the entries of other readers.
        if (opened.state === 'verified') expect(opened).toMatchObject({ text: 'hello', sender: alice.identity });
      }),
      { numRuns: 200 },
    );
  });
});
