/** Webhooks around what clients do, checked by the official helper's own verification. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Message } from 'twilio-conversations-3';
import { validateRequest } from 'twilio';
import { expect, it, onTestFinished, vi } from 'vitest';
import { connect, MAJORS, next, startEmulator, startPair } from '../test-kit.ts';

const [, [, Sdk]] = MAJORS;

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly signature: string;
  readonly params: Record<string, string>;
}

type Answer = { readonly status?: number; readonly body?: unknown } | 'none';

/** A server of an app, which answers each event by `answer`. */
async function startApp(answer: (heard: Heard) => Answer = () => ({})) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const it = {
        method: request.method!,
        url: `${url}${request.url}`,
        signature: String(request.headers['x-twilio-signature']),
        params: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
      };
      heard.push(it);
      const said = answer(it);
      if (said === 'none') return;
      response.writeHead(said.status ?? 200, { 'Content-Type': 'application/json' });
      response.end(said.body === undefined ? '' : JSON.stringify(said.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, heard };
}

it('tells the app before and after a message, signed by the auth token', async () => {
  const app = await startApp();
  const filters = ['onMessageAdd', 'onMessageAdded'];
  const webhooks = { preWebhookUrl: `${app.url}/pre?x=1`, postWebhookUrl: `${app.url}/post`, filters };
  const emulator = await startEmulator({ webhooks });
  const { ofAlice } = await startPair(Sdk, emulator);
  await ofAlice.sendMessage('hello, world & more', { a: 1 });
  await emulator.control.settleWebhooks();
  expect(app.heard.map(({ params }) => params['EventType'])).toEqual(filters);
  const [pre, post] = app.heard;
  const [account] = emulator.accounts;
  expect(pre!.params).toMatchObject({
    AccountSid: account!.accountSid,
    ChatServiceSid: account!.serviceSid,
    ConversationSid: ofAlice.sid,
    Source: 'SDK',
    ClientIdentity: 'alice',
    Author: 'alice',
    Body: 'hello, world & more',
    Attributes: '{"a":1}',
  });
  expect(pre!.params).not.toHaveProperty('MessageSid');
  expect(post!.params).toMatchObject({ MessageSid: expect.stringMatching(/^IM/), Index: '0' });
  for (const { signature, url, params } of app.heard) {
    expect(validateRequest(account!.authToken, signature, url, params)).toBe(true);
    expect(validateRequest('another', signature, url, params)).toBe(false);
  }
});

it('signs what it asks by GET', async () => {
  const app = await startApp();
  const webhooks = { postWebhookUrl: `${app.url}/post`, filters: ['onMessageAdded'], method: 'GET' } as const;
  const emulator = await startEmulator({ webhooks });
  const { ofAlice } = await startPair(Sdk, emulator);
  await ofAlice.sendMessage('hello');
  await emulator.control.settleWebhooks();
  const [{ method, signature, url }] = app.heard as [Heard];
  expect(method).toBe('GET');
  expect(new URL(url).searchParams.get('Body')).toBe('hello');
  expect(validateRequest(emulator.accounts[0]!.authToken, signature, url, {})).toBe(true);
});

it('lets the app change a message', async () => {
  const app = await startApp(() => ({ body: { body: 'changed', author: 'editor', attributes: '{"by":"app"}' } }));
  const emulator = await startEmulator({ webhooks: { preWebhookUrl: app.url, filters: ['onMessageAdd'] } });
  const { ofAlice, ofBob } = await startPair(Sdk, emulator);
  const arrived = next<Message>(ofBob, 'messageAdded');
  await ofAlice.sendMessage('hello');
  expect(await arrived).toMatchObject({ body: 'changed', author: 'editor', attributes: { by: 'app' } });
});

it.each([403, 500])('lets the app refuse a message by %i', async (status) => {
  const app = await startApp(() => ({ status }));
  const emulator = await startEmulator({ webhooks: { preWebhookUrl: app.url, filters: ['onMessageAdd'] } });
  const { ofAlice } = await startPair(Sdk, emulator);
  await expect(ofAlice.sendMessage('hello')).rejects.toMatchObject({ status: 403, body: { code: 50520 } });
  expect(emulator.control.messagesOf(ofAlice.sid)).toEqual([]);
});

it('lets the app refuse participants', async () => {
  const app = await startApp(({ params }) => ('MessagingBinding.Address' in params ? { status: 403 } : {}));
  const emulator = await startEmulator({ webhooks: { preWebhookUrl: app.url, filters: ['onParticipantAdd'] } });
  const { ofAlice } = await startPair(Sdk, emulator);
  await expect(ofAlice.addNonChatParticipant('+15550001', '+15550002')).rejects.toMatchObject({ status: 403 });
  await ofAlice.add('carol');
});

it('goes ahead unchanged when the app does not answer in time, or is not there', async () => {
  const app = await startApp(() => 'none');
  const slow = { preWebhookUrl: app.url, filters: ['onMessageAdd'] };
  const emulator = await startEmulator({ webhooks: slow, webhookTimeoutMs: 50 });
  const { ofAlice } = await startPair(Sdk, emulator);
  expect(await ofAlice.sendMessage('hello')).toBe(0);

  const gone = { preWebhookUrl: 'http://127.0.0.1:1', filters: ['onMessageAdd'] };
  const { ofAlice: other } = await startPair(Sdk, await startEmulator({ webhooks: gone }));
  expect(await other.sendMessage('hello')).toBe(0);
});

it('tells only what the filters name', async () => {
  const app = await startApp();
  const filters = [
    'onConversationAdded',
    'onParticipantAdded',
    'onMessageUpdated',
    'onMessageRemoved',
    'onUserUpdated',
  ];
  const emulator = await startEmulator({ webhooks: { postWebhookUrl: app.url, filters } });
  const { alice, ofAlice } = await startPair(Sdk, emulator);
  await ofAlice.sendMessage('one');
  await vi.waitFor(async () => expect((await ofAlice.getMessages()).items).toHaveLength(1));
  const [message] = (await ofAlice.getMessages()).items;
  await message!.updateBody('two');
  await message!.remove();
  await alice.user.updateFriendlyName('Alice');
  await ofAlice.delete();
  await emulator.control.settleWebhooks();
  expect(app.heard.map(({ params }) => params['EventType'])).toEqual([
    'onConversationAdded',
    'onParticipantAdded',
    'onParticipantAdded',
    'onMessageUpdated',
    'onMessageRemoved',
    'onUserUpdated',
  ]);
});

it('tells what the REST API does only where it asks for it, and never beforehand', async () => {
  const app = await startApp();
  const filters = ['onMessageAdd', 'onMessageAdded'];
  const emulator = await startEmulator({ webhooks: { preWebhookUrl: app.url, postWebhookUrl: app.url, filters } });
  const alice = await connect(Sdk, emulator);
  const { sid } = await (await alice.createConversation()).join();
  const [account] = emulator.accounts;
  const send = (headers: Record<string, string>) =>
    fetch(`${emulator.url}/v1/Conversations/${sid}/Messages`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa(`${account!.accountSid}:${account!.authToken}`)}`, ...headers },
      body: new URLSearchParams({ Body: 'hello' }),
    });
  expect((await send({})).status).toBe(201);
  expect((await send({ 'X-Twilio-Webhook-Enabled': 'true' })).status).toBe(201);
  await emulator.control.settleWebhooks();
  expect(app.heard.map(({ params }) => [params['EventType'], params['Source'], params['Index']])).toEqual([
    ['onMessageAdded', 'API', '1'],
  ]);
});
