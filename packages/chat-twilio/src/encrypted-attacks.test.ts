// What a chat service and a key service that lie can do to a conversation, over Twilio's official clients and the emulator.
import { type EvilProxy, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { startTwilioWorld, type TwilioWorld, twilioMajors } from '@sotto/testing/twilio-world';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { encrypted } from './encrypted.ts';
import type { DecryptedMessage, EncryptedConversation } from './encrypted-types.ts';
import type { ClientLike } from './twilio-types.ts';

type User = Awaited<ReturnType<World['createUser']>>;

const SOON = { timeout: 10_000 };

let world: World;
let proxy: EvilProxy;

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

describe.each(twilioMajors)('over @twilio/conversations %s', (major, Client) => {
  let twilio: TwilioWorld;
  let number = 0;
  let users: Readonly<Record<'alice' | 'bob' | 'mallory', User>>;
  let sid: string;
  let alice: EncryptedConversation;
  let bob: EncryptedConversation;
  let clients: ClientLike[];

  const nameOf = (name: string): string => `${name} ${major} ${number}`;
  const register = (name: string): Promise<User> => world.createUser(nameOf(name), { apiUrl: proxy.url });
  const open = async (user: User, conversationSid = sid): Promise<EncryptedConversation> => {
    const client = await twilio.connect(user.identity);
    clients.push(client);
    return encrypted(await client.getConversationBySid(conversationSid), user, { client });
  };

  beforeEach(async () => {
    number++;
    clients = [];
    users = { alice: await register('alice'), bob: await register('bob'), mallory: await register('mallory') };
    twilio = await startTwilioWorld(Client);
    const creator = await twilio.connect(users.alice.identity);
    ({ sid } = await twilio.createConversation(creator, [users.bob.identity]));
    alice = await encrypted(await creator.getConversationBySid(sid), users.alice, { client: creator });
    bob = await open(users.bob);
    await twilio.calm();
  });
  afterEach(async () => {
    proxy.meddle = undefined;
    await Promise.all([alice.close(), bob.close()]);
    await twilio.close();
  });

  const control = () => twilio.emulator.control;
  const lastStored = () => control().messagesOf(sid).at(-1)!;
  const shown = async (conversation = bob): Promise<DecryptedMessage[]> => [
    ...(await conversation.getMessages(50)).items,
  ];
  const send = async (text: string): Promise<string> => {
    await alice.sendMessage(text);
    await vi.waitFor(async () => expect((await shown()).at(-1)?.body).toBe(text), SOON);
    return lastStored().sid;
  };
  /** Waits until bob sees the message as that, with no text. */
  const expectRefused = async (messageSid: string, reason: string): Promise<void> => {
    await vi.waitFor(async () => {
      const message = (await shown()).find((one) => one.sid === messageSid);
      expect(message).toMatchObject({ body: null, verification: { state: 'failed', reason } });
    }, SOON);
  };

  it('a message by another author than the one that is named', async () => {
    const client = await twilio.connect(users.mallory.identity);
    const { sid: other } = await twilio.createConversation(client, [users.bob.identity]);
    const mallory = await encrypted(await client.getConversationBySid(other), users.mallory, { client });
    await mallory.sendMessage('as if by alice');
    const body = control().messagesOf(other)[0]!.body!;
    const author = users.alice.identity;
    await expectRefused(control().forgeMessage({ conversationSid: sid, author, body }).sid, 'author-mismatch');
    await mallory.close();
  });

  it('a message of another room', async () => {
    const client = await twilio.connect(users.alice.identity);
    const { sid: other } = await twilio.createConversation(client, [users.bob.identity]);
    const elsewhere = await encrypted(await client.getConversationBySid(other), users.alice, { client });
    await elsewhere.sendMessage('yes');
    const [message] = control().messagesOf(other);
    await expectRefused((await control().replayMessage(message!.sid, sid)).sid, 'other-room');
    await elsewhere.close();
  });

  it('a message that was sent once and stored twice', async () => {
    const first = await send('pay 10');
    await expectRefused((await control().replayMessage(first)).sid, 'replayed');
    expect((await shown())[0]).toMatchObject({ body: 'pay 10', verification: { state: 'verified' } });
  });

  it('a message that somebody else has changed', async () => {
    const message = await send('pay 10');
    control().editMessage(message, { body: 'pay 1000' });
    await expectRefused(message, 'edited-by-other');
  });

  it('an edit that was taken back', async () => {
    const message = await send('pay 10');
    const { body } = lastStored();
    const [own] = await shown(alice);
    await own!.edit('pay 20');
    await vi.waitFor(async () => expect((await shown())[0]?.body).toBe('pay 20'), SOON);
    control().editMessage(message, { body });
    await expectRefused(message, 'rolled-back');
  });

  it('messages in another order', async () => {
    await alice.addParticipant(users.mallory.identity);
    const [first, second] = [await send('not'), await send('now')];
    control().swapMessages(first, second);
    // Bob has seen them where they were; a member who comes now sees which was written first.
    await expectRefused(first, 'edited-by-other');
    const late = await open(users.mallory);
    await vi.waitFor(async () => {
      const lines = (await shown(late)).map(({ body, warnings }) => [body, warnings]);
      expect(lines).toEqual([
        ['now', []],
        ['not', [{ code: 'chat/reordered' }]],
      ]);
    }, SOON);
    await late.close();
  });

  it('a message that is held back', async () => {
    const [, second] = [await send('one'), await send('two'), await send('three')];
    await bob.close();
    control().eraseMessage(second);
    bob = await open(users.bob);
    await vi.waitFor(async () => {
      const last = (await shown()).at(-1);
      expect(last).toMatchObject({ body: 'three', warnings: [{ code: 'chat/gap', missing: 1 }] });
    }, SOON);
  });

  it('other bytes in place of a file', async () => {
    await alice.sendMessage({ contentType: 'text/plain', filename: 'a.txt', media: Buffer.from('true') });
    await vi.waitFor(async () => expect(await shown()).toHaveLength(1), SOON);
    const [media] = lastStored().mediaSids;
    await control().swapMedia(media!, new Uint8Array(500));
    const [message] = await shown();
    await expect(message!.attachments[0]!.bytes()).rejects.toMatchObject({ code: 'chat/media-swapped' });
  });

  it('a reader whom nobody let in, and a telephone', async () => {
    control().addParticipant(sid, { identity: users.mallory.identity });
    await vi.waitFor(async () => expect(await alice.members()).toHaveLength(3), SOON);
    const stopped = { code: 'chat/unknown-member', details: { members: [users.mallory.identity] } };
    await expect(alice.sendMessage('for two')).rejects.toMatchObject(stopped);
    control().removeParticipant(sid, users.mallory.identity);
    control().addParticipant(sid, { address: '+15550100', proxyAddress: '+15550101' });
    await vi.waitFor(async () => {
      await expect(alice.sendMessage('for two')).rejects.toMatchObject({ code: 'chat/member-cannot-decrypt' });
    }, SOON);
    expect(control().messagesOf(sid)).toEqual([]);
  });

  it('another card for a member: nothing is encrypted for it, and nothing by it is shown, until it is accepted', async () => {
    await send('before');
    const elsewhere = await world.createClient(users.bob.identity, { apiUrl: proxy.url });
    await elsewhere.rotatePrivateKey();
    const card = await users.alice.findUsers(users.bob.identity);
    const stopped = { code: 'chat/key-not-accepted', details: { members: [users.bob.identity] } };
    await expect(alice.sendMessage('after')).rejects.toMatchObject(stopped);
    const impostor = await open(elsewhere);
    await impostor.acceptMember(users.alice.identity);
    await impostor.sendMessage('it is me');
    await vi.waitFor(async () => {
      const last = (await shown(alice)).at(-1);
      expect(last).toMatchObject({ body: null, verification: { state: 'failed', reason: 'key-not-accepted' } });
    }, SOON);
    await users.alice.acceptKey(card);
    await vi.waitFor(async () => expect((await shown(alice)).at(-1)?.body).toBe('it is me'), SOON);
    await alice.sendMessage('after');
    await impostor.close();
  });

  it('a key service that is away while the chat is there, and the reverse', async () => {
    await send('before');
    proxy.meddle = () => 'cut';
    await send('without the key service');
    const newcomer = nameOf('dave');
    control().addParticipant(sid, { identity: newcomer });
    await vi.waitFor(async () => expect(await alice.members()).toHaveLength(3), SOON);
    await alice.acceptMember(newcomer);
    await expect(alice.sendMessage('to whom?')).rejects.toMatchObject({ code: 'transport/unreachable' });
    proxy.meddle = undefined;
    await expect(alice.sendMessage('to whom?')).rejects.toMatchObject({ code: 'chat/member-without-card' });
    control().removeParticipant(sid, newcomer);
    await vi.waitFor(async () => expect(await alice.members()).toHaveLength(2), SOON);

    control().goDown();
    expect((await users.alice.findUsers(users.bob.identity)).identity).toBe(users.bob.identity);
    const sending = alice.sendMessage('when it is back');
    control().comeUp();
    await sending;
  });

  it('somebody who joins while a message is on its way does not get it, and is told so', async () => {
    const release = control().holdReplies({ identity: users.alice.identity, path: '/Messages' });
    const sending = alice.sendMessage('for the two of us');
    await vi.waitFor(() => expect(control().messagesOf(sid)).toHaveLength(1), SOON);
    const carol = await register('carol');
    control().addParticipant(sid, { identity: carol.identity });
    release();
    await sending;
    const ofCarol = await open(carol);
    await vi.waitFor(async () => {
      const [message] = await shown(ofCarol);
      expect(message).toMatchObject({
        body: null,
        verification: { state: 'failed', reason: 'not-for-this-device' },
      });
    }, SOON);
    await ofCarol.close();
  });
});
