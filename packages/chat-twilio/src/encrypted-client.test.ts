// A whole client with all its conversations, over Twilio's official clients and the emulator.
import type { ChatUser } from '@sotto/chat';
import { startWorld, type World } from '@sotto/testing';
import { startTwilioWorld, type TwilioWorld, twilioMajors } from '@sotto/testing/twilio-world';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EncryptedClient, encryptedClient } from './encrypted-client.ts';
import type { DecryptedMessage, EncryptedConversation } from './encrypted-types.ts';

type User = Awaited<ReturnType<World['createUser']>>;

let world: World;
let users: Readonly<Record<'alice' | 'bob', User>>;

beforeAll(async () => {
  world = await startWorld();
  users = { alice: await world.createUser('alice'), bob: await world.createUser('bob') };
});
afterAll(() => world.close());

describe.each(twilioMajors)('an encrypted client over @twilio/conversations %s', (_major, Client) => {
  let twilio: TwilioWorld;
  let alice: EncryptedClient;
  let bob: EncryptedClient;

  beforeEach(async () => {
    twilio = await startTwilioWorld(Client);
    alice = encryptedClient(await twilio.connect('alice'), users.alice);
    bob = encryptedClient(await twilio.connect('bob'), users.bob);
  });
  afterEach(async () => {
    await Promise.all([alice.shutdown(), bob.shutdown()]);
    await twilio.close();
  });

  async function createRoom(uniqueName: string): Promise<EncryptedConversation> {
    const conversation = await alice.createConversation({ uniqueName, friendlyName: `room ${uniqueName}` });
    await conversation.join();
    await conversation.addParticipant('bob');
    await awaitJoined(bob, conversation.sid);
    return conversation;
  }
  /** Twilio tells of the messages that come after its client has loaded the list. */
  async function awaitJoined(client: EncryptedClient, sid: string): Promise<void> {
    await vi.waitFor(async () => {
      const { items } = await client.raw.getSubscribedConversations();
      const joined = items.find((item) => item.sid === sid && item.status === 'joined');
      expect(await joined!.getParticipants()).not.toEqual([]);
    });
  }
  function collect(client: EncryptedClient): DecryptedMessage[] {
    const messages: DecryptedMessage[] = [];
    client.on('messageAdded', (message) => messages.push(message));
    return messages;
  }

  it('gives one handle for a conversation, however it is asked for', async () => {
    const conversation = await createRoom('walks');
    expect(conversation).toMatchObject({ uniqueName: 'walks', friendlyName: 'room walks', createdBy: 'alice' });
    expect(await alice.getConversationBySid(conversation.sid)).toBe(conversation);
    expect(await alice.getConversationByUniqueName('walks')).toBe(conversation);
    expect(await alice.peekConversationBySid(conversation.sid)).toBe(conversation);
    expect((await alice.getSubscribedConversations()).items).toEqual([conversation]);
  });

  it('brings decrypted messages of all conversations, in the order of each', async () => {
    const messages = collect(bob);
    const [walks, songs] = [await createRoom('walks'), await createRoom('songs')];
    const texts = ['one', 'two', 'three', 'four', 'five'];
    for (const text of texts) await Promise.all([walks.sendMessage(text), songs.sendMessage(text)]);
    await vi.waitFor(() => expect(messages).toHaveLength(10), { timeout: 10_000 });
    for (const { sid } of [walks, songs]) {
      const ofRoom = messages.filter(({ conversation }) => conversation.sid === sid);
      expect(ofRoom.map(({ body }) => body)).toEqual(texts);
      expect(ofRoom.every(({ verification }) => verification.state === 'verified')).toBe(true);
    }
  });

  it('brings messages of conversations that were there before', async () => {
    const walks = await createRoom('walks');
    await walks.sendMessage('before');
    await bob.getConversationBySid(walks.sid);
    const messages = collect(bob);
    await walks.sendMessage('after');
    await vi.waitFor(() => expect(messages.at(-1)?.body).toBe('after'), { timeout: 10_000 });
    expect(messages.at(-1)!.conversation).toBe(await bob.getConversationBySid(walks.sid));
  });

  it('tells of edits and removals', async () => {
    const messages = collect(bob);
    const own = collect(alice);
    const walks = await createRoom('walks');
    await walks.sendMessage('frist');
    await vi.waitFor(() => expect([messages.length, own.length]).toEqual([1, 1]), { timeout: 10_000 });
    const updated = new Promise<DecryptedMessage>((resolve) =>
      bob.once('messageUpdated', ({ message }) => resolve(message)),
    );
    await own[0]!.edit('first');
    expect(await updated).toBe(messages[0]);
    expect(messages[0]!.body).toBe('first');
    const removed = new Promise((resolve) => bob.once('messageRemoved', resolve));
    await own[0]!.remove();
    expect(await removed).toBe(messages[0]);
  });

  it('tells of conversations as they come, change and go', async () => {
    const told: string[] = [];
    for (const event of [
      'conversationAdded',
      'conversationJoined',
      'conversationLeft',
      'conversationRemoved',
    ] as const) {
      bob.on(event, ({ sid }) => told.push(`${event} ${sid}`));
    }
    const renamed = new Promise((resolve) => {
      bob.on('conversationUpdated', ({ conversation, updateReasons }) => {
        if (updateReasons.includes('attributes')) resolve(conversation);
      });
    });
    const { sid } = await createRoom('walks');
    // The SDK says some of it twice while it learns of a conversation from two sides.
    const both = [`conversationAdded ${sid}`, `conversationJoined ${sid}`];
    await vi.waitFor(() => expect(told).toEqual(expect.arrayContaining(both)), { timeout: 10_000 });
    const walks = await alice.getConversationBySid(sid);
    await walks.updateAttributes({ colour: 'red' });
    expect(await renamed).toBe(await bob.getConversationBySid(sid));
    await walks.removeParticipant('bob');
    await vi.waitFor(() => expect(told).toContain(`conversationLeft ${sid}`), { timeout: 10_000 });
  });

  it('stops telling who has taken the listener off', async () => {
    const messages: DecryptedMessage[] = [];
    const listener = (message: DecryptedMessage): unknown => messages.push(message);
    bob.on('messageAdded', listener).off('messageAdded', listener);
    const all = collect(bob);
    await (await createRoom('walks')).sendMessage('hi');
    await vi.waitFor(() => expect(all).toHaveLength(1), { timeout: 10_000 });
    expect(messages).toEqual([]);
  });

  it("passes Twilio's own events on, and takes tokens", async () => {
    const warned = new Promise((resolve) => alice.on('tokenAboutToExpire', resolve));
    twilio.emulator.control.warnOfExpiry('alice');
    await warned;
    await twilio.calm();
    const expired = new Promise((resolve) => alice.once('tokenExpired', resolve));
    twilio.emulator.control.expireTokens('alice');
    await expired;
    expect(await alice.updateToken(await twilio.tokenOf('alice'))).toBe(alice);
    const messages = collect(bob);
    await (await createRoom('walks')).sendMessage('with a new token');
    await vi.waitFor(() => expect(messages.map(({ body }) => body)).toEqual(['with a new token']), { timeout: 10_000 });
    expect(alice.connectionState).toBe('connected');
  });

  it('says that a conversation cannot be opened, and opens it when it can', async () => {
    let isLocked = true;
    const user: ChatUser = {
      async openChatSession() {
        if (isLocked) throw new Error('the keychain is locked');
        return users.bob.openChatSession();
      },
    };
    const locked = encryptedClient(await twilio.connect('bob'), user);
    const troubles: unknown[] = [];
    locked.on('trouble', (error) => troubles.push(error));
    const messages = collect(locked);
    const walks = await createRoom('walks');
    await awaitJoined(locked, walks.sid);
    await walks.sendMessage('one');
    await vi.waitFor(() => expect(troubles).toMatchObject([{ message: 'the keychain is locked' }]), {
      timeout: 10_000,
    });
    await expect(locked.getConversationBySid(walks.sid)).rejects.toThrow('the keychain is locked');
    isLocked = false;
    await walks.sendMessage('two');
    await vi.waitFor(() => expect(messages.map(({ body }) => body)).toEqual(['two']), { timeout: 10_000 });
    await locked.shutdown();
  });
});
