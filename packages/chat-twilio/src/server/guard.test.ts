import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bytesToBase64, bytesToBase64Url, generateKeyPair, seal, utf8ToBytes } from '@sotto/core';
import { encodeBody } from '@sotto/core/chat';
import { nodeProvider } from '@sotto/core/node';
import fc from 'fast-check';
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuardWebhook, type GuardOptions } from './guard.ts';
import type { GuardRefusal } from './judge.ts';
import { toNodeHandler } from './node-handler.ts';

const authToken = 'the auth token of the account';
const url = 'https://app.example/guard';

const keyPair = await generateKeyPair(nodeProvider);
const envelope = await seal(nodeProvider, {
  mode: 'signAndEncrypt',
  plaintext: utf8ToBytes('hi'),
  recipients: [keyPair.publicKey],
  signer: keyPair.privateKey,
});
const bodies = {
  envelope: encodeBody({ form: 'envelope', message: envelope }),
  media: encodeBody({ form: 'media', sha256: bytesToBase64Url(new Uint8Array(32)) }),
  legacy: bytesToBase64(envelope),
};

/** As Twilio sends it, signed by its own library. */
function eventRequest(fields: Readonly<Record<string, string>>, token = authToken): Request {
  return new Request(url, {
    method: 'POST',
    headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(token, url, fields) },
    body: new URLSearchParams(fields),
  });
}

async function statusOf(
  fields: Readonly<Record<string, string>>,
  options: Partial<GuardOptions> = {},
): Promise<number> {
  const guard = createGuardWebhook({ authToken, url, ...options });
  return (await guard(eventRequest(fields))).status;
}

describe('the guard', () => {
  it('lets encrypted messages and edits pass', async () => {
    for (const EventType of ['onMessageAdd', 'onMessageUpdate']) {
      expect(await statusOf({ EventType, Body: bodies.envelope })).toBe(200);
      expect(await statusOf({ EventType, Body: bodies.media, Media: '[{"Sid":"ME1"}]' })).toBe(200);
    }
  });

  it('answers an event that may pass with an empty object, which changes nothing', async () => {
    const guard = createGuardWebhook({ authToken, url });
    const response = await guard(eventRequest({ EventType: 'onMessageAdd', Body: bodies.envelope }));
    expect(await response.json()).toEqual({});
  });

  it.each([
    ['a plain text', 'hi'],
    ['nothing', ''],
    ['a prefix before a plain text', `sotto1:${bytesToBase64Url(utf8ToBytes('the plain text'))}`],
    ['a form of a later version', 'sotto9:AAAA'],
    ['the format of 2019, unless it is allowed', bodies.legacy],
  ])('refuses %s as body', async (_what, Body) => {
    expect(await statusOf({ EventType: 'onMessageAdd', Body })).toBe(403);
    expect(await statusOf({ EventType: 'onMessageUpdate', Body })).toBe(403);
  });

  it('refuses media without an encrypted body', async () => {
    expect(await statusOf({ EventType: 'onMessageAdd', Media: '[{"Sid":"ME1"}]' })).toBe(403);
  });

  it('lets the format of 2019 pass if it is allowed', async () => {
    expect(await statusOf({ EventType: 'onMessageAdd', Body: bodies.legacy }, { allowLegacyFormat: true })).toBe(200);
    expect(await statusOf({ EventType: 'onMessageAdd', Body: 'hi' }, { allowLegacyFormat: true })).toBe(403);
  });

  it('lets an update pass that leaves the body alone', async () => {
    expect(await statusOf({ EventType: 'onMessageUpdate', Attributes: '{}' })).toBe(200);
  });

  it('refuses participants who cannot decrypt, and no others', async () => {
    const EventType = 'onParticipantAdd';
    expect(await statusOf({ EventType, 'MessagingBinding.Address': '+15550100' })).toBe(403);
    expect(await statusOf({ EventType, MessagingBinding: '{"Type":"sms"}' })).toBe(403);
    expect(await statusOf({ EventType, Identity: 'bob' })).toBe(200);
    expect(await statusOf({ EventType, Identity: 'bob', MessagingBinding: '' })).toBe(200);
  });

  it('lets all other events pass', async () => {
    expect(await statusOf({ EventType: 'onConversationAdd', FriendlyName: 'hiking club' })).toBe(200);
  });

  it('takes events as JSON', async () => {
    const guard = createGuardWebhook({ authToken, url });
    const statusOfJson = async (event: unknown): Promise<number> => {
      const body = JSON.stringify(event);
      const called = `${url}?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
      const headers = {
        'Content-Type': 'application/json; charset=utf-8',
        'X-Twilio-Signature': twilio.getExpectedTwilioSignature(authToken, called, {}),
      };
      return (await guard(new Request(called, { method: 'POST', headers, body }))).status;
    };
    expect(await statusOfJson({ EventType: 'onMessageAdd', Body: bodies.envelope })).toBe(200);
    expect(await statusOfJson({ EventType: 'onMessageAdd', Body: 'hi' })).toBe(403);
    expect(await statusOfJson({ EventType: 'onParticipantAdd', MessagingBinding: { Type: 'sms' } })).toBe(403);
    expect(await statusOfJson(['onMessageAdd'])).toBe(400);
  });

  it('refuses what Twilio did not sign', async () => {
    const guard = createGuardWebhook({ authToken, url });
    expect((await guard(eventRequest({ EventType: 'onMessageAdd', Body: bodies.envelope }, 'another'))).status).toBe(
      403,
    );
    const unsigned = new Request(url, { method: 'POST', body: new URLSearchParams({ EventType: 'onUserAdded' }) });
    expect((await guard(unsigned)).status).toBe(403);
    expect((await guard(new Request(url))).status).toBe(405);
  });

  it('tells of refusals without their content', async () => {
    const refused: (GuardRefusal & { conversationSid: string | undefined })[] = [];
    const fields = { EventType: 'onMessageAdd', Body: 'the plain text', ConversationSid: 'CH1', Author: 'alice' };
    await statusOf(fields, { onRefused: (refusal) => refused.push(refusal) });
    expect(refused).toMatchObject([{ eventType: 'onMessageAdd', reason: 'not-encrypted', conversationSid: 'CH1' }]);
    expect(JSON.stringify(refused)).not.toMatch(/plain text|alice/);
  });

  it('reads no more of a body than an event can have', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x61));
      },
    });
    const request = new Request(url, { method: 'POST', body: endless, duplex: 'half' });
    expect((await createGuardWebhook({ authToken, url })(request)).status).toBe(413);
    expect(sent).toBeLessThan(1024 * 1024);
  });

  it('answers whatever body comes', async () => {
    const guard = createGuardWebhook({ authToken, url });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), async (body, isJson) => {
        const headers = isJson ? { 'Content-Type': 'application/json' } : undefined;
        const { status } = await guard(new Request(url, { method: 'POST', body, ...(headers ? { headers } : {}) }));
        expect([403, 413]).toContain(status);
      }),
    );
  });

  it('has a verdict on any signed event', async () => {
    const names = fc.constantFrom('EventType', 'Body', 'MessagingBinding', 'Author', '__proto__', 'constructor');
    const events = fc.dictionary(names, fc.string({ maxLength: 100 }), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        expect([200, 403]).toContain(await statusOf({ ...event }));
      }),
    );
  });

  it.each([
    ['an auth token', { authToken: '' }],
    ['any auth token', { authToken: [] }],
    ['an address', { url: '/guard' }],
    ['an address of the web', { url: 'ftp://app.example' }],
  ])('is not made without %s', (_what, options) => {
    expect(() => createGuardWebhook({ authToken, url, ...options })).toThrow(
      expect.objectContaining({ code: 'twilio/bad-option' }),
    );
  });
});

describe('the guard on Node', () => {
  const server = createServer((request, response) => {
    void toNodeHandler(createGuardWebhook({ authToken, url }))(request, response);
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function post(fields: Readonly<Record<string, string>>): Promise<number> {
    const { port } = server.address() as AddressInfo;
    const signature = twilio.getExpectedTwilioSignature(authToken, url, fields);
    const response = await fetch(`http://127.0.0.1:${port}/guard`, {
      method: 'POST',
      headers: { 'X-Twilio-Signature': signature },
      body: new URLSearchParams(fields),
    });
    return response.status;
  }

  it('answers as elsewhere, under the address that Twilio knows', async () => {
    expect(await post({ EventType: 'onMessageAdd', Body: bodies.envelope })).toBe(200);
    expect(await post({ EventType: 'onMessageAdd', Body: 'hi' })).toBe(403);
  });

  it('answers requests without a body', async () => {
    const { port } = server.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/guard`)).status).toBe(405);
  });
});
