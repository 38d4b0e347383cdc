/** How the official clients connect, are refused, lose the connection, and go on. */
import type { ConnectionState, Conversation, Message } from 'twilio-conversations-3';
import { describe, expect, it, vi } from 'vitest';
import { ACCOUNT, connect, createToken, MAJORS, next, open, startEmulator, startPair } from '../test-kit.ts';

interface ConnectionError {
  readonly terminal: boolean;
  readonly httpStatusCode: number;
  readonly errorCode: number;
}

const nowInSeconds = () => Math.floor(Date.now() / 1000);

describe.each(MAJORS)('@twilio/conversations %s', (_, Sdk) => {
  it('comes up with what the service allows', async () => {
    const { ofAlice, alice } = await startPair(Sdk, await startEmulator());
    expect(alice.connectionState).toBe('connected');
    expect(alice.user.identity).toBe('alice');
    expect(ofAlice.limits).toMatchObject({ mediaAttachmentsCountLimit: 10, mediaAttachmentSizeLimitInMb: 150 });
  });

  it.each([
    ['an expired token', { issuedAt: nowInSeconds() - 7200 }, 20104],
    ['a token of another key', { account: { ...ACCOUNT, apiSecret: 'another' } }, 20107],
    ['a token of another account', { account: { ...ACCOUNT, apiKey: `SK${'0'.repeat(32)}` } }, 20103],
    ['a token for later', { claims: { nbf: nowInSeconds() + 3600 } }, 20105],
    ['a token without a chat grant', { claims: { grants: { identity: 'alice' } } }, 20106],
    ['a token without an identity', { claims: { grants: { chat: { service_sid: ACCOUNT.serviceSid } } } }, 20106],
    ['a token that is no access token', { header: { cty: 'other' } }, 20102],
    ['a token for more than a day', { ttlSeconds: 86_401 }, 20157],
  ])('is refused with %s', async (_, token, code) => {
    const { wsUrl } = await startEmulator();
    const client = open(Sdk, await createToken(token), { Twilsock: { uri: wsUrl } });
    const error = await next<ConnectionError>(client, 'connectionError', ({ errorCode }) => errorCode !== undefined);
    expect(error).toMatchObject({ terminal: true, httpStatusCode: 401, errorCode: code });
  });

  it('is told that its token is about to expire, and goes on with a new one', async () => {
    const emulator = await startEmulator();
    const client = await connect(Sdk, emulator);
    const warned = next(client, 'tokenAboutToExpire');
    emulator.control.warnOfExpiry('alice');
    await warned;
    await client.updateToken(await createToken({ issuedAt: nowInSeconds() - 1 }));
    expect((await client.createConversation()).sid).toMatch(/^CH/);
    expect(client.connectionState).toBe('connected');
  });

  it('hears of the end of its token, before and when it comes', async () => {
    let now = Date.now();
    const emulator = await startEmulator({ clock: () => now, tokenWarningSeconds: 0.5 });
    const issuedAt = Math.ceil(now / 1000);
    const client = await connect(Sdk, emulator, { issuedAt, ttlSeconds: 1 });
    const warned = next(client, 'tokenAboutToExpire');
    now = issuedAt * 1000 + 600;
    await warned;
    const expired = next(client, 'tokenExpired');
    now = issuedAt * 1000 + 1000;
    await expired;
    // The SDK loses a token that it is given before the socket is closed.
    await next(client, 'connectionStateChanged', (state) => state === 'disconnected');
    await client.updateToken(await createToken());
    await vi.waitFor(() => expect(client.connectionState).toBe('connected'), { timeout: 20_000 });
  });

  it('cannot go on with the token of somebody else, or with none that is good', async () => {
    const emulator = await startEmulator();
    const client = await connect(Sdk, emulator);
    const error = next<ConnectionError>(client, 'connectionError');
    await client.updateToken(await createToken({ identity: 'mallory' })).catch(() => {});
    expect(await error).toMatchObject({ terminal: true, errorCode: 20106 });
  });

  it('is closed when its token expires now, and cannot come back with it', async () => {
    const emulator = await startEmulator();
    const client = await connect(Sdk, emulator);
    const expired = next(client, 'tokenExpired');
    emulator.control.expireTokens('alice');
    await expired;
    const again = open(Sdk, client.token, { Twilsock: { uri: emulator.wsUrl } });
    expect(
      await next<ConnectionError>(again, 'connectionError', (error) => error.errorCode !== undefined),
    ).toMatchObject({
      errorCode: 20104,
    });
  });

  it('gets what it missed when the socket was cut, each once and in order', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob, bob } = await startPair(Sdk, emulator);
    const seen: string[] = [];
    ofBob.on('messageAdded', ({ body }) => void seen.push(body!));
    ofBob.on('messageUpdated', ({ message }) => void seen.push(`now ${message.body}`));
    ofBob.on('messageRemoved', ({ index }) => void seen.push(`gone ${index}`));
    await ofAlice.sendMessage('before');
    await vi.waitFor(() => expect(seen).toEqual(['before']));

    const states: ConnectionState[] = [];
    bob.on('connectionStateChanged', (state) => void states.push(state));
    emulator.control.cutSockets('bob');
    const sid = emulator.control.messagesOf(ofAlice.sid)[0]!.sid;
    for (const text of ['1', '2']) await ofAlice.sendMessage(text);
    emulator.control.editMessage(sid, { body: 'changed' });
    emulator.control.removeMessage(emulator.control.messagesOf(ofAlice.sid)[2]!.sid);
    await vi.waitFor(() => expect(seen).toEqual(['before', '1', '2', 'now changed', 'gone 2']), { timeout: 20_000 });
    expect(states).toContain('connected');

    await ofAlice.sendMessage('after');
    await vi.waitFor(() => expect(seen.at(-1)).toBe('after'));
    expect(seen).toHaveLength(6);
  });

  it('comes back when the service was down', async () => {
    const emulator = await startEmulator();
    const { alice } = await startPair(Sdk, emulator);
    emulator.control.goDown();
    await vi.waitFor(() => expect(alice.connectionState).not.toBe('connected'));
    emulator.control.comeUp();
    await vi.waitFor(() => expect(alice.connectionState).toBe('connected'), { timeout: 20_000 });
  });

  it('comes back when the service asks it to connect anew', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob, bob } = await startPair(Sdk, emulator);
    const reconnected = next<ConnectionState>(bob, 'connectionStateChanged', (state) => state === 'connected');
    emulator.control.offload('bob');
    await reconnected;
    const arrived = next<Message>(ofBob, 'messageAdded');
    await ofAlice.sendMessage('still there');
    expect((await arrived).body).toBe('still there');
  });

  it('hears of a failure when the reply to a message is lost, though the message is stored', async () => {
    const emulator = await startEmulator();
    const { ofAlice, ofBob } = await startPair(Sdk, emulator);
    const arrived = next<Message>(ofBob, 'messageAdded');
    emulator.control.loseNextReply({ identity: 'alice' });
    await expect(ofAlice.sendMessage('doubtful')).rejects.toThrow(/disconnected/i);
    expect((await arrived).body).toBe('doubtful');
    expect(emulator.control.messagesOf(ofAlice.sid)).toHaveLength(1);
    await vi.waitFor(async () => expect((await ofAlice.getMessages()).items).toHaveLength(1), { timeout: 20_000 });
  });

  it('hears of 503 when it sends, and then the message is not stored', async () => {
    const emulator = await startEmulator();
    const { ofAlice } = await startPair(Sdk, emulator);
    emulator.control.failNext(1, { identity: 'alice', path: '/Messages' });
    await expect(ofAlice.sendMessage('refused')).rejects.toMatchObject({ status: 503 });
    expect(emulator.control.messagesOf(ofAlice.sid)).toEqual([]);
    expect(await ofAlice.sendMessage('taken')).toBe(0);
  });

  it('waits for replies that are held', async () => {
    const emulator = await startEmulator();
    const { ofAlice } = await startPair(Sdk, emulator);
    const release = emulator.control.holdReplies({ identity: 'alice' });
    let isAnswered = false;
    const sending = ofAlice.sendMessage('slow').then((index) => {
      isAnswered = true;
      return index;
    });
    await vi.waitFor(() => expect(emulator.control.messagesOf(ofAlice.sid)).toHaveLength(1));
    expect(isAnswered).toBe(false);
    release();
    expect(await sending).toBe(0);
  });

  it('joins what was made while it was away', async () => {
    const emulator = await startEmulator();
    const { alice, bob } = await startPair(Sdk, emulator);
    emulator.control.cutSockets('bob');
    const joined = next<Conversation>(bob, 'conversationJoined');
    const conversation = await (await alice.createConversation({ friendlyName: 'new' })).join();
    await conversation.add('bob');
    expect((await joined).friendlyName).toBe('new');
  });
});

it('speaks one conversation to both majors', async () => {
  const emulator = await startEmulator();
  const [[, Sdk2], [, Sdk3]] = MAJORS;
  const { ofAlice } = await startPair(Sdk2, emulator);
  const bob = await connect(Sdk3, emulator, { identity: 'bob' });
  const ofBob = await bob.getConversationBySid(ofAlice.sid);
  await ofBob.getMessages();
  const arrived = next<Message>(ofBob, 'messageAdded');
  await ofAlice.sendMessage('from 2 to 3');
  expect((await arrived).body).toBe('from 2 to 3');
});
