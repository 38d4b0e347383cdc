import { bytesToUtf8, generateKeyPair, parseToken, base64UrlToBytes, verifyToken } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTokenIssuer } from './issue.ts';
import { createSampleBackend, type SampleBackendOptions } from './sample-backend.ts';
import { createMadeUpTwilioAccount } from './twilio.ts';

const NOW = Date.UTC(2026, 10, 24);
const DAY = 24 * 60 * 60 * 1000;
const twilio = createMadeUpTwilioAccount(nodeProvider);
const sessionSecret = nodeProvider.randomBytes(32);
const appKeyPair = await generateKeyPair(nodeProvider);
const issuer = createTokenIssuer({
  provider: nodeProvider,
  appId: 'a'.repeat(32),
  appKeyId: 'b'.repeat(32),
  appKey: appKeyPair.privateKey,
  now: () => NOW,
});

const createBackend = (options: Partial<SampleBackendOptions> = {}) =>
  createSampleBackend({ issuer, sessionSecret, twilio, now: () => NOW, ...options });
const backend = createBackend();

const authenticate = (body: RequestInit['body']) =>
  backend.request('/authenticate', { method: 'POST', body: body ?? null });
const signIn = async (identity: string) => {
  const response = await authenticate(JSON.stringify({ identity }));
  return ((await response.json()) as { authToken: string }).authToken;
};
const get = (path: string, authorization?: string, app = backend) =>
  app.request(path, authorization === undefined ? {} : { headers: { Authorization: authorization } });
const refusal = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) });
const refused = (status: number, code: string) => ({ status, code, message: expect.any(String) });

describe('the sample backend', () => {
  let authToken: string;
  beforeAll(async () => {
    authToken = await signIn('alice');
  });

  it('gives a user that signed in a token for the service', async () => {
    const response = await get('/virgil-jwt', `Bearer ${authToken}`);
    const { virgilToken } = (await response.json()) as { virgilToken: string };
    const token = parseToken(virgilToken);
    await verifyToken(nodeProvider, token, { publicKey: appKeyPair.publicKey, now: NOW / 1000 });
    expect(token).toMatchObject({
      identity: 'alice',
      appId: 'a'.repeat(32),
      issuedAt: NOW / 1000,
      expiresAt: NOW / 1000 + 1200,
    });
    expect(response.headers.get('Cache-Control')).toBe('no-store');
  });

  it('gives a Twilio access token with a chat grant', async () => {
    const response = await get('/twilio-jwt', `Bearer ${authToken}`);
    const { twilioToken } = (await response.json()) as { twilioToken: string };
    const { payload, protectedHeader } = await jwtVerify(twilioToken, new TextEncoder().encode(twilio.apiSecret), {
      currentDate: new Date(NOW),
    });
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' });
    expect(payload).toEqual({
      jti: `${twilio.apiKey}-${NOW / 1000}`,
      iss: twilio.apiKey,
      sub: twilio.accountSid,
      iat: NOW / 1000,
      exp: NOW / 1000 + 3600,
      grants: { identity: 'alice', chat: { service_sid: twilio.serviceSid } },
    });
  });

  it('says that Twilio is not set up when it has no credentials', async () => {
    const { twilio: _, ...rest } = { twilio, issuer, sessionSecret, now: () => NOW };
    const response = await get('/twilio-jwt', `Bearer ${authToken}`, createSampleBackend(rest));
    expect(await refusal(response)).toEqual(refused(404, 'auth/no-twilio'));
  });

  it('keeps an identity outside ASCII as it is', async () => {
    const response = await get('/virgil-jwt', `Bearer ${await signIn('Zoë 🦊')}`);
    const { virgilToken } = (await response.json()) as { virgilToken: string };
    expect(bytesToUtf8(base64UrlToBytes(virgilToken.split('.')[1] ?? ''))).toContain('"identity-Zoë 🦊"');
  });

  it('tells a page where things are, and no secret', async () => {
    const app = createBackend({ apiUrl: 'http://localhost:8080', servicePublicKey: 'MCow' });
    const response = await app.request('http://localhost:3000/config');
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      apiUrl: 'http://localhost:8080',
      servicePublicKey: 'MCow',
      backendUrl: 'http://localhost:3000',
      twilio: { emulated: true, serviceSid: twilio.serviceSid },
    });
    expect(text).not.toContain(twilio.apiSecret);
  });

  it('tells a page the socket of the emulator, where the account is a made-up one', async () => {
    const twilioOf = async (options: Partial<SampleBackendOptions>) => {
      const app = createBackend({ twilioEmulatorUrl: 'http://127.0.0.1:8090', ...options });
      return ((await (await app.request('/config')).json()) as { twilio?: unknown }).twilio;
    };
    const { serviceSid } = twilio;
    const twilsock = { uri: 'ws://127.0.0.1:8090/v3/wsconnect' };
    expect(await twilioOf({})).toEqual({ emulated: true, serviceSid, twilsock });
    const real = { ...twilio, accountSid: `AC${'1'.repeat(32)}` };
    expect(await twilioOf({ twilio: real })).toEqual({ emulated: false, serviceSid });
  });

  it('lists its routes in plain text', async () => {
    const response = await backend.request('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/);
    expect(await response.text()).toContain('/virgil-jwt');
  });

  it.each([
    ['an empty one', ''],
    ['a blank one', '  '],
    ['none', undefined],
    ['a number', 5],
    ['a list', ['alice']],
    ['one with a line break', 'alice\nbob'],
    ['one with NUL', 'alice\0'],
    ['half a surrogate pair', 'alice\ud83e'],
    ['one of 2049 bytes', `${'é'.repeat(1024)}e`],
  ])('refuses as identity %s', async (_, identity) => {
    expect(await refusal(await authenticate(JSON.stringify({ identity })))).toEqual(refused(400, 'auth/bad-identity'));
  });

  it('takes an identity of 2048 bytes', async () => {
    expect((await authenticate(JSON.stringify({ identity: 'é'.repeat(1024) }))).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'identity=alice'],
    ['half a JSON', '{"identity": "al'],
    ['null', 'null'],
    ['a list', '["alice"]'],
    ['bytes that are no UTF-8', new Uint8Array([...new TextEncoder().encode('{"identity":"a'), 0xff, 0x22, 0x7d])],
  ])('refuses as body %s', async (_, body) => {
    expect(await refusal(await authenticate(body))).toEqual(refused(400, 'auth/malformed-body'));
  });

  it('refuses a large body, announced or not', async () => {
    const large = JSON.stringify({ identity: 'alice', padding: 'x'.repeat(16 * 1024) });
    const chunked = new Request('http://localhost/authenticate', {
      method: 'POST',
      body: new Blob([large]).stream(),
      duplex: 'half',
    });
    const announced = new Request('http://localhost/authenticate', {
      method: 'POST',
      body: large,
      headers: { 'Content-Length': String(large.length) },
    });
    for (const request of [chunked, announced]) {
      expect(await refusal(await backend.request(request))).toEqual(refused(413, 'auth/body-too-large'));
    }
  });

  it('refuses a request without an authToken', async () => {
    for (const path of ['/virgil-jwt', '/twilio-jwt']) {
      for (const authorization of [undefined, '', 'Bearer', 'Bearer ', `Basic ${authToken}`, authToken]) {
        const response = await get(path, authorization);
        expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
        expect(await refusal(response)).toEqual(refused(401, 'auth/missing-token'));
      }
    }
  });

  it('refuses an authToken that it did not sign', async () => {
    const claims = () => ({ sub: 'mallory', aud: 'sotto-sample-backend', exp: NOW / 1000 + 60 });
    const signWith = (secret: Uint8Array, payload: object = claims()) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    const [header, payload, signature] = authToken.split('.');
    const forged = [
      'x',
      `${header}.${payload}`,
      `${header}.${payload}.${signature?.slice(0, -4)}AAAA`,
      new UnsecuredJWT(claims()).encode(),
      await signWith(nodeProvider.randomBytes(32)),
      await signWith(sessionSecret, { ...claims(), aud: 'another' }),
      await signWith(sessionSecret, { sub: 'mallory', aud: 'sotto-sample-backend' }),
      await issuer.issue('mallory'),
    ];
    for (const token of forged) {
      expect(await refusal(await get('/virgil-jwt', `Bearer ${token}`))).toEqual(refused(401, 'auth/bad-token'));
    }
  });

  it('lets an authToken expire after a day', async () => {
    const at = (now: number) => get('/virgil-jwt', `Bearer ${authToken}`, createBackend({ now: () => now }));
    expect((await at(NOW + DAY - 1000)).status).toBe(200);
    expect(await refusal(await at(NOW + DAY))).toEqual(refused(401, 'auth/expired-token'));
  });

  it('answers unknown routes and wrong methods in JSON', async () => {
    expect(await refusal(await get('/nowhere'))).toEqual(refused(404, 'auth/unknown-route'));
    const response = await get('/authenticate');
    expect(response.headers.get('Allow')).toBe('POST');
    expect(await refusal(response)).toEqual(refused(405, 'auth/wrong-method'));
  });

  it('lets pages of any origin call it, and read its refusals', async () => {
    const preflight = await backend.request('/virgil-jwt', {
      method: 'OPTIONS',
      headers: { Origin: 'http://localhost:5173', 'Access-Control-Request-Method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe('Authorization,Content-Type');
    for (const response of [await get('/'), await get('/nowhere'), await get('/virgil-jwt')]) {
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    }
  });

  it('keeps what went wrong inside to itself and to the log', async () => {
    const logged: unknown[] = [];
    const broken = { issue: () => Promise.reject(new Error('disk on fire')) };
    const app = createBackend({ issuer: broken, logError: (error) => logged.push(error) });
    const body = await refusal(await get('/virgil-jwt', `Bearer ${authToken}`, app));
    expect(body).toEqual(refused(500, 'auth/internal'));
    expect(JSON.stringify(body)).not.toContain('disk');
    expect(logged).toHaveLength(1);
  });
});
