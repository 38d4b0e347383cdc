// The guard as Twilio asks it: signed webhooks of the emulator, and messages of the official client.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bytesToBase64Url } from '@sotto/core';
import { encodeBody } from '@sotto/core/chat';
import {
  createEmulatorHttpClient,
  startTwilioWorld,
  type TwilioWorld,
  twilioMajors,
} from '@sotto/testing/twilio-world';
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationLike } from '../twilio-types.ts';
import { createGuardWebhook } from './guard.ts';
import type { GuardRefusal } from './judge.ts';
import { toNodeHandler } from './node-handler.ts';
import { setUpEncryptedService } from './set-up.ts';

const [, Client] = twilioMajors[1];

describe('a service with the guard', () => {
  let server: Server;
  let world: TwilioWorld;
  let conversation: ConversationLike;
  const refused: GuardRefusal['reason'][] = [];

  beforeAll(async () => {
    world = await startTwilioWorld(Client);
    const [account] = world.emulator.accounts;
    const { accountSid, authToken, serviceSid } = account!;
    server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}/guard`;
      const guard = createGuardWebhook({ authToken, url, onRefused: ({ reason }) => refused.push(reason) });
      void toNodeHandler(guard)(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const httpClient = createEmulatorHttpClient(world.emulator.url) as unknown as twilio.RequestClient;
    await setUpEncryptedService(twilio(accountSid, authToken, { httpClient }), {
      serviceSid,
      webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/guard`,
    });
    conversation = await world.createConversation(await world.connect('alice'), ['bob']);
  });
  afterAll(async () => {
    await world.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const send = (body: string): Promise<number | null> => conversation.prepareMessage().setBody(body).build().send();
  const bodies = () => world.emulator.control.messagesOf(conversation.sid).map(({ body }) => body);

  it('takes ciphertext, and lets users join', async () => {
    const body = encodeBody({ form: 'media', sha256: bytesToBase64Url(new Uint8Array(32)) });
    await send(body);
    expect(bodies()).toEqual([body]);
    expect(refused).toEqual([]);
  });

  it('stores no plain text, neither new nor by an edit', async () => {
    await expect(send('a plain text')).rejects.toBeInstanceOf(Error);
    const [message] = (await conversation.getMessages()).items;
    await expect(message!.updateBody('a plain text')).rejects.toBeInstanceOf(Error);
    expect(bodies()).not.toContain('a plain text');
    expect(refused).toEqual(['not-encrypted', 'not-encrypted']);
  });
});
