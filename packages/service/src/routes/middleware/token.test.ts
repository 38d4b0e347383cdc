import { bytesToBase64Url, generateKeyPair, sign, utf8ToBytes, type KeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAppKey, createApplication, revokeAppKey } from '../../domain/applications.ts';
import { createWorld, expectRefusal, spki, type Answer, type World } from '../../test-kit.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

async function callWith(authorization?: string): Promise<Answer> {
  return world.call({
    method: 'POST',
    path: '/card/v5/actions/search',
    // No JSON on purpose: a token that is refused is refused before the body is looked at.
    body: 'not json',
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });
}

function expectAccepted(answer: Answer): void {
  expectRefusal(answer, 'body/not-json');
}

/** A token of the test's own making, signed as it should be. */
async function sealToken(
  { header = {}, claims = {} }: { header?: object; claims?: object },
  appKey: KeyPair = world.appKey,
): Promise<string> {
  const now = Math.floor(world.time.now / 1000);
  const wholeHeader = { alg: 'VEDS512', typ: 'JWT', cty: 'virgil-jwt;v=1', kid: world.appKeyId, ...header };
  const wholeClaims = { iss: `virgil-${world.appId}`, sub: 'identity-alice', iat: now, exp: now + 60, ...claims };
  const encode = (part: object) => bytesToBase64Url(utf8ToBytes(JSON.stringify(part)));
  const signedText = `${encode(wholeHeader)}.${encode(wholeClaims)}`;
  return `${signedText}.${bytesToBase64Url(await sign(nodeProvider, appKey.privateKey, utf8ToBytes(signedText)))}`;
}

test('a good token is accepted', async () => {
  expectAccepted(await callWith(`Virgil ${await sealToken({})}`));
  expectAccepted(await callWith(`virgil   ${await sealToken({})}`));
});

test('fields of the application do not matter', async () => {
  expectAccepted(await callWith(`Virgil ${await sealToken({ claims: { ada: { role: 'nurse' } } })}`));
});

test.each([
  ['no header', undefined],
  ['another scheme', 'Bearer abc.def.ghi'],
  ['no token', 'Virgil'],
  ['no token but a space', 'Virgil '],
  ['no scheme', 'abc.def.ghi'],
  ['two tokens', 'Virgil a.b.c d.e.f'],
])('without a token: %s', async (_, header) => {
  expectRefusal(await callWith(header), 'token/missing');
});

test.each(['garbage', 'a.b.c', 'a.b', '..', 'e30.e30.e30=', '/w.e30.e30', 'bnVsbA.e30.e30', 'W10.e30.e30'])(
  'a token that cannot be read: %s',
  async (token) => {
    const { status, body } = await callWith(`Virgil ${token}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 20303 });
  },
);

test('a token that is no UTF-8 is refused', async () => {
  const [, claims, signature] = (await sealToken({})).split('.');
  const header = bytesToBase64Url(
    Uint8Array.of(...utf8ToBytes('{"alg":"VEDS512","kid":"'), 0xe9, ...utf8ToBytes('"}')),
  );
  expectRefusal(await callWith(`Virgil ${header}.${claims}.${signature}`), 'token/malformed');
});

test.each([
  { alg: 'none' },
  { alg: 'HS256' },
  { typ: 'JWS' },
  { cty: 'virgil-jwt;v=2' },
  { kid: undefined },
  { kid: 5 },
])('a wrong header: %j', async (header) => {
  expectRefusal(await callWith(`Virgil ${await sealToken({ header })}`), 'token/wrong-header');
});

test.each([
  { iss: 'sotto-abc' },
  { iss: undefined },
  { sub: 'alice' },
  { sub: 'identity-' },
  { iat: undefined },
  { exp: undefined },
  { exp: 'tomorrow' },
  { exp: 1.5 },
])('a wrong claim: %j', async (claims) => {
  expectRefusal(await callWith(`Virgil ${await sealToken({ claims })}`), 'token/wrong-claims');
});

test.each([
  ['an unknown application', { claims: { iss: `virgil-${'0'.repeat(32)}` } }],
  ['an application id that is none', { claims: { iss: 'virgil-none' } }],
  ['an unknown key', { header: { kid: '0'.repeat(32) } }],
  ['a key id with a zero byte', { header: { kid: 'a\0b' } }],
])('%s', async (_, parts) => {
  expectRefusal(await callWith(`Virgil ${await sealToken(parts)}`), 'token/unknown-key');
});

test('a signature by another key', async () => {
  const token = await sealToken({}, await generateKeyPair(nodeProvider));
  expectRefusal(await callWith(`Virgil ${token}`), 'token/bad-signature');
});

test('a signature of another token', async () => {
  const [header, claims] = (await sealToken({ claims: { sub: 'identity-mallory' } })).split('.');
  const [, , signature] = (await sealToken({})).split('.');
  expectRefusal(await callWith(`Virgil ${header}.${claims}.${signature}`), 'token/bad-signature');
});

test('a key of one application is none of another', async () => {
  const { store } = world.service;
  const { appId } = await createApplication(store, { name: 'another' });
  const token = await sealToken({ claims: { iss: `virgil-${appId}` } });
  expectRefusal(await callWith(`Virgil ${token}`), 'token/unknown-key');
});

test('a token that is good does not make one with another signature good', async () => {
  const token = await sealToken({});
  expectAccepted(await callWith(`Virgil ${token}`));
  const signedText = token.slice(0, token.lastIndexOf('.'));
  const signature = await sign(nodeProvider, (await generateKeyPair(nodeProvider)).privateKey, utf8ToBytes(signedText));
  expectRefusal(await callWith(`Virgil ${signedText}.${bytesToBase64Url(signature)}`), 'token/bad-signature');
});

test('a revoked key is refused from the next request on', async () => {
  const { store } = world.service;
  const appKey = await generateKeyPair(nodeProvider);
  const { appId } = world;
  const { appKeyId } = await createAppKey(store, { appId, name: 'short-lived', publicKey: spki(appKey) });
  const token = await world.token({ identity: 'alice', appKeyId, appKey });
  expectAccepted(await callWith(`Virgil ${token}`));
  await revokeAppKey(store, { appId, appKeyId });
  expectRefusal(await callWith(`Virgil ${token}`), 'token/unknown-key');
});

describe('expiry', () => {
  const at = () => Math.floor(world.time.now / 1000);

  test('a token that is over is the one that clients renew', async () => {
    expectRefusal(await callWith(`Virgil ${await sealToken({ claims: { exp: at() - 6 } })}`), 'token/expired');
  });

  test('clocks may differ by five seconds', async () => {
    expectAccepted(await callWith(`Virgil ${await sealToken({ claims: { exp: at() - 4 } })}`));
  });

  test('a token may live for a second', async () => {
    expectAccepted(await callWith(`Virgil ${await sealToken({ claims: { exp: at() + 1 } })}`));
  });

  test('comes to a token that was good before', async () => {
    const token = await sealToken({ claims: { exp: at() + 10 } });
    expectAccepted(await callWith(`Virgil ${token}`));
    world.time.now += 16_000;
    expectRefusal(await callWith(`Virgil ${token}`), 'token/expired');
  });

  test('is told only to an otherwise good token', async () => {
    const claims = { exp: at() - 100 };
    const forged = await sealToken({ claims }, await generateKeyPair(nodeProvider));
    expectRefusal(await callWith(`Virgil ${forged}`), 'token/bad-signature');
    const unknown = await sealToken({ claims, header: { kid: '0'.repeat(32) } });
    expectRefusal(await callWith(`Virgil ${unknown}`), 'token/unknown-key');
    const misdirected = await sealToken({ claims: { ...claims, sub: 'alice' } });
    expectRefusal(await callWith(`Virgil ${misdirected}`), 'token/wrong-claims');
  });
});
