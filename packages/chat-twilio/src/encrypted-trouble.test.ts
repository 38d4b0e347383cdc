// What networks, tokens and services do to a conversation, over Twilio's official clients and the emulator.
import { startWorld, type World } from '@sotto/testing';
import { startTwilioWorld, type TwilioWorld, twilioMajors } from '@sotto/testing/twilio-world';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { encrypted } from './encrypted.ts';
import type { DecryptedMessage, EncryptedConversation } from './encrypted-types.ts';
import type { ClientLike } from './twilio-types.ts';

type User = Awaited<ReturnType<World['createUser']>>;

let world: World;
let users: Readonly<Record<'alice' | 'bob', User>>;

beforeAll(async () => {
  world = await startWorld();
  users = { alice: await world.createUser('alice'), bob: await world.createUser('bob') };
});
afterAll(() => world.close());

describe.each(twilioMajors)('in trouble, a conversation over @twilio/conversations %s', (_major, Client) => {
  let twilio: TwilioWorld;
  let sid: string;
  let client: ClientLike;
  let alice: EncryptedConversation;
  let bob: EncryptedConversation;
  let received: DecryptedMessage[];

  beforeEach(async () => {
    twilio = await startTwilioWorld(Client);
    client = await twilio.connect('alice');
    ({ sid } = await twilio.createConversation(client, ['bob']));
    alice = await encrypted(await client.getConversationBySid(sid), users.alice, { client, settleSeconds: 20 });
    const other = await twilio.connect('bob');
    bob = await encrypted(await other.getConversationBySid(sid), users.bob, { client: other });
    received = [];
    bob.on('messageAdded', (message) => received.push(message));
    await twilio.calm();
  });
  afterEach(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await twilio.close();
  });
  const stored = () => twilio.emulator.control.messagesOf(sid);
  const bodies = () => received.map(({ body }) => body);

  it('finds out that a message was stored whose answer was lost', async () => {
    twilio.emulator.control.loseNextReply({ identity: 'alice' });
    const index = await alice.sendMessage('once');
    expect(stored().map((message) => message.index)).toEqual([index]);
    await alice.sendMessage('twice');
    await vi.waitFor(() => expect(bodies()).toEqual(['once', 'twice']), { timeout: 10_000 });
    expect(received.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('tells its own side, too, of a message whose answer was lost, and of what others sent meanwhile', async () => {
    const shown: (string | null)[] = [];
    alice.on('messageAdded', ({ body }) => shown.push(body));
    twilio.emulator.control.loseNextReply({ identity: 'alice' });
    const sending = alice.sendMessage('once');
    await vi.waitFor(() => expect(stored()).toHaveLength(1), { timeout: 10_000 });
    await bob.sendMessage('meanwhile');
    await sending;
    await alice.sendMessage('after');
    await vi.waitFor(() => expect(shown).toEqual(['once', 'meanwhile', 'after']), { timeout: 10_000 });
    expect(bodies()).toEqual(['once', 'meanwhile', 'after']);
  });

  it('finds it out without being told of its client, too', async () => {
    const handle = await encrypted(await client.getConversationBySid(sid), users.alice, { settleSeconds: 20 });
    await twilio.calm();
    twilio.emulator.control.loseNextReply({ identity: 'alice' });
    const index = await handle.sendMessage('once');
    expect(stored().map((message) => message.index)).toEqual([index]);
    await handle.close();
  });

  it('sends a message again that surely was not stored', async () => {
    twilio.emulator.control.failNext(1, { identity: 'alice', method: 'POST', path: '/Messages' });
    await alice.sendMessage('after all');
    await vi.waitFor(() => expect(bodies()).toEqual(['after all']), { timeout: 10_000 });
    expect(stored()).toHaveLength(1);
  });

  it('finds out that an edit was stored whose answer was lost', async () => {
    const own = new Promise<DecryptedMessage>((resolve) => alice.once('messageAdded', resolve));
    await alice.sendMessage('frist');
    const message = await own;
    twilio.emulator.control.loseNextReply({ identity: 'alice', path: `/Messages/${message.sid}` });
    await message.edit('first');
    await vi.waitFor(() => expect(bodies()).toEqual(['first']), { timeout: 10_000 });
    expect(received[0]).toMatchObject({ edited: true, revision: 1, warnings: [] });
  });

  it('says why Twilio refuses, and sends on', async () => {
    twilio.emulator.control.failNext(1, { identity: 'alice', method: 'POST', path: '/Messages', status: 429 });
    await expect(alice.sendMessage('too fast')).rejects.toMatchObject({
      code: 'chat/send-refused',
      details: { status: 429 },
    });
    await alice.sendMessage('slower');
    await vi.waitFor(() => expect(bodies()).toEqual(['slower']), { timeout: 10_000 });
    expect(received.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('brings each message once that was sent while a reader was away', async () => {
    await alice.sendMessage('before');
    await vi.waitFor(() => expect(bodies()).toEqual(['before']), { timeout: 10_000 });
    await twilio.calm();
    twilio.emulator.control.cutSockets('bob');
    await alice.sendMessage('meanwhile');
    await alice.sendMessage('after');
    await vi.waitFor(() => expect(bodies()).toEqual(['before', 'meanwhile', 'after']), { timeout: 20_000 });
    expect(received.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('waits for the connection to come back before it sends', async () => {
    twilio.emulator.control.goDown();
    await vi.waitFor(() => expect(client.connectionState).not.toBe('connected'), { timeout: 10_000 });
    const sending = alice.sendMessage('patience');
    twilio.emulator.control.comeUp();
    await sending;
    await vi.waitFor(() => expect(bodies()).toEqual(['patience']), { timeout: 20_000 });
    expect(stored()).toHaveLength(1);
  });

  it('goes on with another token when one has expired', async () => {
    const expired = new Promise((resolve) => client.on('tokenExpired', resolve));
    twilio.emulator.control.expireTokens('alice');
    await expired;
    // The SDK forgets a token that it is given while it disconnects; `encryptedClient` waits for that by itself.
    await vi.waitFor(() => expect(client.connectionState).toBe('disconnected'), { timeout: 10_000 });
    await client.updateToken(await twilio.tokenOf('alice'));
    await alice.sendMessage('with a new token');
    await vi.waitFor(() => expect(bodies()).toEqual(['with a new token']), { timeout: 20_000 });
  });

  it('says in the end that a send is doubtful, and finds out when the conversation is opened again', async () => {
    const closing = await twilio.connect('alice');
    const first = await encrypted(await closing.getConversationBySid(sid), users.alice, { settleSeconds: 0 });
    await twilio.calm();
    const letGo = twilio.emulator.control.holdReplies({ identity: 'alice', method: 'POST', path: '/Messages' });
    const sending = first.sendMessage('doubtful').catch((error: unknown) => error);
    await vi.waitFor(() => expect(stored()).toHaveLength(1), { timeout: 10_000 });
    twilio.emulator.control.cutSockets('alice');
    await vi.waitFor(() => expect(closing.connectionState).not.toBe('connected'), { timeout: 10_000 });
    await closing.shutdown();
    expect(await sending).toMatchObject({
      code: 'chat/send-doubtful',
      details: { id: expect.any(String) as string },
    });
    await first.close();
    letGo();
    await alice.sendMessage('and next');
    await vi.waitFor(() => expect(bodies()).toEqual(['doubtful', 'and next']), { timeout: 10_000 });
    expect(received.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('gives up an upload when the caller does, and sends nothing', async () => {
    const controller = new AbortController();
    const file = new File([new Uint8Array(5_000_000)], 'large.bin');
    // With the first word of the upload it has not begun; a moment later it has.
    const onProgress = ({ phase }: { phase: string }): void => {
      if (phase === 'uploading') queueMicrotask(() => controller.abort(new Error('changed my mind')));
    };
    const sending = alice.prepareMessage().addMedia(file).build().send({ signal: controller.signal, onProgress });
    await expect(sending).rejects.toThrow('changed my mind');
    await alice.sendMessage('without the file');
    await vi.waitFor(() => expect(bodies().at(-1)).toBe('without the file'), { timeout: 10_000 });
    expect(received.filter(({ attachments }) => attachments.length > 0)).toEqual([]);
    expect(received.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('says which permission a reaction lacks', async () => {
    await alice.sendMessage('good news');
    await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 10_000 });
    await expect(received[0]!.react('👍')).rejects.toMatchObject({
      code: 'chat/send-refused',
      cause: { code: 'twilio/not-permitted', details: { status: 403 } },
    });
  });
});
