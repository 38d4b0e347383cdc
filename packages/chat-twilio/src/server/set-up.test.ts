// Over the official package `twilio`, whose classes fit without a cast, and the REST API of the emulator.
import {
  createEmulatorHttpClient,
  startTwilioWorld,
  type TwilioWorld,
  twilioMajors,
} from '@sotto/testing/twilio-world';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setUpEncryptedService } from './set-up.ts';

const webhookUrl = 'https://app.example/guard';
const [, Client] = twilioMajors[1];

describe('setting a service up', () => {
  let world: TwilioWorld;
  let client: twilio.Twilio;
  let serviceSid: string;

  beforeEach(async () => {
    world = await startTwilioWorld(Client);
    const [account] = world.emulator.accounts;
    ({ serviceSid } = account!);
    client = twilio(account!.accountSid, account!.authToken, {
      httpClient: createEmulatorHttpClient(world.emulator.url) as unknown as twilio.RequestClient,
    });
  });
  afterEach(() => world.close());
  const service = () => client.conversations.v1.services(serviceSid);

  it('gives pushes texts without content', async () => {
    await setUpEncryptedService(client, { serviceSid });
    const notifications = await service().configuration.notifications().fetch();
    expect(notifications.newMessage).toMatchObject({ enabled: true, template: 'New message from ${PARTICIPANT}' });
    expect((await service().configuration.webhooks().fetch()).preWebhookUrl).toBeFalsy();
  });

  it('has the guard asked, beside what the app listens to', async () => {
    await service()
      .configuration.webhooks()
      .update({ postWebhookUrl: 'https://app.example/told', filters: ['onMessageAdded', 'onMessageAdd'] });
    await setUpEncryptedService(client, { serviceSid, webhookUrl });
    await setUpEncryptedService(client, { serviceSid, webhookUrl });
    const { preWebhookUrl, postWebhookUrl, filters, method } = await service().configuration.webhooks().fetch();
    expect({ preWebhookUrl, postWebhookUrl, method }).toEqual({
      preWebhookUrl: webhookUrl,
      postWebhookUrl: 'https://app.example/told',
      method: 'POST',
    });
    expect([...filters].sort()).toEqual(['onMessageAdd', 'onMessageAdded', 'onMessageUpdate', 'onParticipantAdd']);
  });

  it('replaces no other webhook unless told to', async () => {
    await service().configuration.webhooks().update({ preWebhookUrl: 'https://app.example/other' });
    const options = { serviceSid, webhookUrl };
    await expect(setUpEncryptedService(client, options)).rejects.toMatchObject({ code: 'twilio/webhook-taken' });
    expect((await service().configuration.webhooks().fetch()).preWebhookUrl).toBe('https://app.example/other');
    await setUpEncryptedService(client, { ...options, replaceWebhook: true });
    expect((await service().configuration.webhooks().fetch()).preWebhookUrl).toBe(webhookUrl);
  });

  it('lets members react and give titles if told to, and leaves their other permissions', async () => {
    const { defaultConversationRoleSid } = await service().configuration().fetch();
    const permissions = async () => (await service().roles(defaultConversationRoleSid).fetch()).permissions;
    const before = await permissions();
    await setUpEncryptedService(client, { serviceSid });
    expect(await permissions()).toEqual(before);
    await setUpEncryptedService(client, { serviceSid, reactionsAndTitles: true });
    const added = ['editAnyMessageAttributes', 'editConversationAttributes'];
    expect((await permissions()).sort()).toEqual([...before, ...added].sort());
  });

  it('refuses addresses that are none, before it changes anything', async () => {
    const options = { serviceSid, webhookUrl: '/guard', push: { newMessage: 'hi' } };
    await expect(setUpEncryptedService(client, options)).rejects.toMatchObject({
      code: 'twilio/bad-option',
      details: { option: 'webhookUrl' },
    });
    const { newMessage } = await service().configuration.notifications().fetch();
    expect(newMessage.template).not.toBe('hi');
  });
});
