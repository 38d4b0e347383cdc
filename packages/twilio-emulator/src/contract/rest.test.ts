/** The official `twilio` helper against the REST API. */
import twilio from 'twilio';
import type { Message } from 'twilio-conversations-3';
import { expect, it, vi } from 'vitest';
import { createEmulatorHttpClient, type TwilioEmulator } from '../index.ts';
import { ACCOUNT, MAJORS, next, startEmulator, startPair } from '../test-kit.ts';

const [, [, Sdk]] = MAJORS;

function helperOf({ url }: TwilioEmulator, [name, password] = [ACCOUNT.apiKey, ACCOUNT.apiSecret]) {
  const httpClient = createEmulatorHttpClient(url) as never;
  const client = twilio(name, password, { accountSid: ACCOUNT.accountSid, httpClient });
  return client.conversations.v1.services(ACCOUNT.serviceSid);
}

it('makes, finds, changes and removes conversations', async () => {
  const service = helperOf(await startEmulator());
  const made = await service.conversations.create({ friendlyName: 'Support', uniqueName: 'support' });
  expect(made).toMatchObject({ accountSid: ACCOUNT.accountSid, chatServiceSid: ACCOUNT.serviceSid, state: 'active' });
  expect((await service.conversations('support').fetch()).sid).toBe(made.sid);
  await service.conversations(made.sid).update({ friendlyName: 'Help', attributes: '{"a":1}', state: 'closed' });
  expect(await service.conversations(made.sid).fetch()).toMatchObject({ friendlyName: 'Help', state: 'closed' });
  await expect(service.conversations.create({ uniqueName: 'support' })).rejects.toMatchObject({
    status: 409,
    code: 50353,
  });
  expect(await service.conversations(made.sid).remove()).toBe(true);
  await expect(service.conversations(made.sid).fetch()).rejects.toMatchObject({ status: 404 });
});

it('takes the auth token and the API key, and nobody else', async () => {
  const emulator = await startEmulator();
  const [account] = emulator.accounts;
  const byToken = helperOf(emulator, [account!.accountSid, account!.authToken]);
  expect((await byToken.fetch()).sid).toBe(ACCOUNT.serviceSid);
  const byStranger = helperOf(emulator, [ACCOUNT.apiKey, 'wrong']);
  await expect(byStranger.fetch()).rejects.toMatchObject({ status: 401, code: 20003 });
  expect((await fetch(`${emulator.url}/v1/Conversations`)).status).toBe(401);
});

it('walks through pages of conversations and of messages, in both orders', async () => {
  const emulator = await startEmulator();
  const service = helperOf(emulator);
  for (let count = 0; count < 7; count++) await service.conversations.create();
  expect(await service.conversations.list({ pageSize: 3 })).toHaveLength(7);
  const { sid } = (await service.conversations.list({ limit: 1 }))[0]!;
  for (const body of ['0', '1', '2', '3', '4'])
    await service.conversations(sid).messages.create({ body, author: 'bot' });
  const list = async (order: 'asc' | 'desc') =>
    (await service.conversations(sid).messages.list({ order, pageSize: 2 })).map(({ body }) => body);
  expect(await list('asc')).toEqual(['0', '1', '2', '3', '4']);
  expect(await list('desc')).toEqual(['4', '3', '2', '1', '0']);
});

it('shows members what a backend does', async () => {
  const emulator = await startEmulator();
  const { ofAlice, ofBob } = await startPair(Sdk, emulator);
  const conversation = helperOf(emulator).conversations(ofAlice.sid);
  const arrived = next<Message>(ofBob, 'messageAdded');
  const { sid } = await conversation.messages.create({ body: 'as alice', author: 'alice' });
  expect(await arrived).toMatchObject({ author: 'alice', body: 'as alice', participantSid: null });
  await conversation.messages(sid).update({ body: 'edited', author: 'mallory' });
  await vi.waitFor(async () =>
    expect((await ofBob.getMessages()).items[0]).toMatchObject({ body: 'edited', author: 'mallory' }),
  );
  await conversation.messages(sid).remove();
  await vi.waitFor(async () => expect((await ofBob.getMessages()).items).toEqual([]));
});

it('adds and removes participants, phones among them', async () => {
  const emulator = await startEmulator();
  const { ofAlice, ofBob } = await startPair(Sdk, emulator);
  const { participants } = helperOf(emulator).conversations(ofAlice.sid);
  const phone = await participants.create({
    'messagingBinding.address': '+15550001',
    'messagingBinding.proxyAddress': '+15550002',
  });
  expect(phone).toMatchObject({ identity: null, messagingBinding: { type: 'sms', address: '+15550001' } });
  await participants.create({ identity: 'carol', attributes: '{"a":1}' });
  await vi.waitFor(async () => expect(await ofBob.getParticipants()).toHaveLength(4));
  expect(await participants.list()).toHaveLength(4);
  await helperOf(emulator).conversations(ofAlice.sid).participants('carol').remove();
  await vi.waitFor(async () => expect(await ofBob.getParticipants()).toHaveLength(3));
});

it('makes and changes users, and lists what they have joined', async () => {
  const emulator = await startEmulator();
  const service = helperOf(emulator);
  const user = await service.users.create({ identity: 'dave', friendlyName: 'Dave' });
  await expect(service.users.create({ identity: 'dave' })).rejects.toMatchObject({ status: 409 });
  await service.users('dave').update({ friendlyName: 'David' });
  expect(await service.users(user.sid).fetch()).toMatchObject({ identity: 'dave', friendlyName: 'David' });
  const conversation = await service.conversations.create({ friendlyName: 'Support' });
  await service.conversations(conversation.sid).participants.create({ identity: 'dave' });
  const [joined] = await service.users('dave').userConversations.list();
  expect(joined).toMatchObject({ conversationSid: conversation.sid, friendlyName: 'Support' });
});

it('keeps webhooks and push texts', async () => {
  const service = helperOf(await startEmulator());
  await service.configuration
    .webhooks()
    .update({ preWebhookUrl: 'https://example.com/pre', filters: ['onMessageAdd'] });
  expect(await service.configuration.webhooks().fetch()).toMatchObject({
    preWebhookUrl: 'https://example.com/pre',
    postWebhookUrl: null,
    filters: ['onMessageAdd'],
    method: 'POST',
  });
  await expect(service.configuration.webhooks().update({ preWebhookUrl: 'ftp://x' })).rejects.toMatchObject({
    code: 20001,
  });
  await service.configuration.notifications().update({
    'newMessage.enabled': true,
    'newMessage.template': 'New message from ${PARTICIPANT}',
    'newMessage.withMedia.template': 'New attachment from ${PARTICIPANT}',
  });
  expect((await service.configuration.notifications().fetch()).newMessage).toMatchObject({
    enabled: true,
    template: 'New message from ${PARTICIPANT}',
    with_media: { template: 'New attachment from ${PARTICIPANT}' },
  });
});

it('changes what a role may', async () => {
  const service = helperOf(await startEmulator());
  const role = (await service.roles.list()).find(({ friendlyName }) => friendlyName === 'channel user')!;
  expect(role.permissions).toContain('editOwnMessage');
  expect(role.permissions).not.toContain('editAnyMessageAttributes');
  await service.roles(role.sid).update({ permission: [...role.permissions, 'editAnyMessageAttributes'] });
  expect((await service.roles(role.sid).fetch()).permissions).toContain('editAnyMessageAttributes');
});
