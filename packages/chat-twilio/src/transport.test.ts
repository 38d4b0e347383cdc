import type { RoomTransport } from '@sotto/chat';
import { roomTransportSuite } from '@sotto/testing/room-transport-suite';
import { startTwilioWorld, type TwilioClientClass, type TwilioWorld, twilioMajors } from '@sotto/testing/twilio-world';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTwilioTransport } from './transport.ts';
import type { ConversationLike } from './twilio-types.ts';

for (const [major, Client] of twilioMajors) roomTransportSuite(`Twilio ${major}`, () => openWorld(Client));

async function openWorld(Client: TwilioClientClass) {
  const world = await startTwilioWorld(Client);
  const { control } = world.emulator;
  // What reactions and titles need, as `setUpEncryptedService` grants it.
  control.grant('channel user', 'editAnyMessageAttributes', 'editConversationAttributes');
  const alice = await world.connect('alice');
  const conversation = await world.createConversation(alice, ['bob']);
  const transports = new Map<string, Promise<RoomTransport>>();

  async function open(identity: string): Promise<RoomTransport> {
    const client = identity === 'alice' ? alice : await world.connect(identity);
    const joined = await client.getConversationBySid(conversation.sid);
    // From then on the SDK tells of every message.
    await joined.getParticipants();
    await world.calm();
    return createTwilioTransport(joined, { client });
  }
  return {
    transportOf(identity: 'alice' | 'bob' | 'carol') {
      const transport = transports.get(identity) ?? open(identity);
      transports.set(identity, transport);
      return transport;
    },
    addCarol: async () => void (await conversation.add('carol')),
    removeCarol: () => conversation.removeParticipant('carol'),
    addTelephone: async () => void control.addParticipant(conversation.sid, { address: '+15550100' }),
    loseNextAnswer(identity: 'alice', isStored: boolean) {
      if (isStored) control.loseNextReply({ identity });
      else control.failNext(1, { identity, method: 'POST', path: '/Messages' });
    },
    close: () => world.close(),
  };
}

describe.each(twilioMajors)('a transport over @twilio/conversations %s', (_major, Client) => {
  let world: TwilioWorld;
  let conversation: ConversationLike;

  beforeEach(async () => {
    world = await startTwilioWorld(Client);
    conversation = await world.createConversation(await world.connect('alice'), []);
  });
  afterEach(() => world.close());
  const post = (body: string) =>
    world.emulator.control.forgeMessage({ conversationSid: conversation.sid, author: 'bob', body });

  it('tells of what came while the connection was lost, once and in order', async () => {
    const client = await world.connect('alice');
    const transport = createTwilioTransport(await client.getConversationBySid(conversation.sid), { client });
    await transport.history({ limit: 1 });
    const told: (string | null)[] = [];
    let reconnections = 0;
    const stop = transport.subscribe({
      message: ({ payload }) => told.push(payload),
      reconnected: () => reconnections++,
    });
    for (const round of [1, 2]) {
      await world.calm();
      world.emulator.control.goDown();
      for (const body of ['a', 'b', 'c']) post(`${body}${round}`);
      world.emulator.control.comeUp();
      await vi.waitFor(() => expect(reconnections).toBe(round), { timeout: 10_000 });
    }
    post('live');
    await vi.waitFor(() => expect(told.at(-1)).toBe('live'), { timeout: 10_000 });
    expect(told).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'live']);
    stop();
  });

  it('finds out without its client that it is connected again, after an answer that did not come', async () => {
    const transport = createTwilioTransport(conversation);
    const reconnected = new Promise<void>((resolve) => transport.subscribe({ reconnected: resolve }));
    await world.calm();
    world.emulator.control.loseNextReply({ identity: 'alice' });
    await expect(transport.send({ payload: 'lost', files: [] })).rejects.toMatchObject({ code: 'chat/send-doubtful' });
    await reconnected;
    expect((await transport.history({ limit: 10 })).items.map(({ payload }) => payload)).toEqual(['lost']);
  });

  it('changes a message that it has not seen', async () => {
    const { sid } = post('one');
    await vi.waitFor(async () => expect((await conversation.getMessages()).items).toHaveLength(1));
    await createTwilioTransport(conversation).edit(sid, 'two');
    expect(world.emulator.control.messagesOf(conversation.sid)).toMatchObject([{ body: 'two' }]);
    await expect(createTwilioTransport(conversation).edit('IM0', 'two')).rejects.toMatchObject({
      code: 'chat/unknown-message',
    });
  });

  it('leaves notes of the app in peace, and says where there is no place beside them', async () => {
    const transport = createTwilioTransport(conversation);
    await conversation.updateAttributes(['a list']);
    await vi.waitFor(() => expect(conversation.attributes).toEqual(['a list']));
    await expect(transport.setRoomNote('title', 'hi')).rejects.toMatchObject({
      code: 'chat/send-refused',
      cause: { code: 'twilio/attributes-not-object' },
    });
  });
});
