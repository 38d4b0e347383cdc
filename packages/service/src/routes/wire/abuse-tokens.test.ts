/** Tokens as somebody makes them who has none: other algorithms, other keys, other places for both. */

import { createHmac, generateKeyPairSync, sign as nodeSign } from 'node:crypto';
import { base64ToBytes, bytesToBase64Url, generateKeyPair, sign, utf8ToBytes, type KeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAppKey, createApplication, revokeAppKey } from '../../domain/applications.ts';
import { callService, createWorld, expectRefusal, spki, type Answer, type World } from '../../test-kit.ts';

let world: World;

beforeAll(async () => {
  // As many forgeries as there are here count as an attack.
  world = await createWorld({ requestRates: { address: undefined, identity: undefined, application: undefined } });
});

afterEach(async () => {
  const answer = await askWith(await world.token({ identity: 'alice' }));
  expect(answer).toMatchObject({ status: 200, body: [] });
});

afterAll(() => world.close());

const askWith = (token: string): Promise<Answer> =>
  world.call({ method: 'POST', path: '/card/v5/actions/search', token, body: { identities: ['nobody'] } });

type Sign = (text: Uint8Array) => Uint8Array | Promise<Uint8Array>;

const signWith =
  ({ privateKey }: KeyPair): Sign =>
  (text) =>
    sign(nodeProvider, privateKey, text);

async function makeToken({
  header = {},
  claims = {},
  sign: signText = signWith(world.appKey),
}: {
  header?: object | string;
  claims?: object | string;
  sign?: Sign;
}): Promise<string> {
  const now = Math.floor(world.time.now / 1000);
  const goodHeader = { alg: 'VEDS512', typ: 'JWT', cty: 'virgil-jwt;v=1', kid: world.appKeyId };
  const goodClaims = { iss: `virgil-${world.appId}`, sub: 'identity-alice', iat: now, exp: now + 60 };
  const encode = (good: object, part: object | string) =>
    bytesToBase64Url(utf8ToBytes(typeof part === 'string' ? part : JSON.stringify({ ...good, ...part })));
  const text = `${encode(goodHeader, header)}.${encode(goodClaims, claims)}`;
  return `${text}.${bytesToBase64Url(await signText(utf8ToBytes(text)))}`;
}

describe('an algorithm that is not ours', () => {
  const none: Sign = () => new Uint8Array();
  /** The public key as if it were a shared secret: it is no secret to anybody. */
  const hmac: Sign = (text) =>
    createHmac('sha512', base64ToBytes(spki(world.appKey)))
      .update(text)
      .digest();

  test.each(['none', 'None', 'HS256', 'HS512', 'EdDSA', 'RS256', 'ES256', 'veds512', 'VEDS512 ', ''])(
    'is refused by its name: %j',
    async (alg) => {
      for (const how of [none, hmac, signWith(world.appKey)]) {
        expectRefusal(await askWith(await makeToken({ header: { alg }, sign: how })), 'token/wrong-header');
      }
    },
  );

  test('is refused under the name of ours: nothing signed, the public key for a secret, Ed25519 without our form', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const appKeyDer = world.appKey.privateKey.exportDer();
    const bare: Sign = (text) => nodeSign(null, text, { key: Buffer.from(appKeyDer), format: 'der', type: 'pkcs8' });
    const other: Sign = (text) => nodeSign(null, text, privateKey);
    for (const how of [none, hmac, bare, other]) {
      const { status, body } = await askWith(await makeToken({ sign: how }));
      expect({ status, code: body.code }).toEqual({ status: 400, code: 20303 });
    }
  });

  test('is not chosen by a key that comes along', async () => {
    const mine = await generateKeyPair(nodeProvider);
    const key = spki(mine);
    const header = { jwk: { kty: 'OKP', x: key }, jku: 'http://127.0.0.1:1/', x5c: [key], x5u: 'http://127.0.0.1:1/' };
    expectRefusal(await askWith(await makeToken({ header, sign: signWith(mine) })), 'token/bad-signature');
  });
});

describe('a key that is not that of the application', () => {
  test.each([
    ['of another file', '../../secrets/service-key.pem'],
    ['of SQL', "' or '1'='1"],
    ['of more SQL', "x'; drop table app_keys; --"],
    ['with a zero byte', `${'a'.repeat(31)}\0`],
    ['of other digits', '０'.repeat(32)],
    ['in capitals', 'A'.repeat(32)],
    ['with a line end', `${'a'.repeat(32)}\n`],
    ['of many kilobytes', 'a'.repeat(8000)],
    ['of an object', '__proto__'],
  ])('is unknown: an id %s', async (_, id) => {
    expectRefusal(await askWith(await makeToken({ header: { kid: id } })), 'token/unknown-key');
    const claims = { iss: `virgil-${id}` };
    const { status, body } = await askWith(await makeToken({ claims }));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 20303 });
  });

  test.each([[['a']], [{ a: 1 }], [null], [true], [1e308]])('is none: an id that is no text, %j', async (kid) => {
    expectRefusal(await askWith(await makeToken({ header: { kid } })), 'token/wrong-header');
  });

  test('of another application is unknown here, whoever has signed', async () => {
    const mine = await generateKeyPair(nodeProvider);
    const { appId } = await createApplication(world.service.store, { name: 'of mallory' });
    const { appKeyId } = await createAppKey(world.service.store, { appId, name: 'k', publicKey: spki(mine) });
    const token = await makeToken({ header: { kid: appKeyId }, sign: signWith(mine) });
    expectRefusal(await askWith(token), 'token/unknown-key');
    const own = await makeToken({
      header: { kid: appKeyId },
      claims: { iss: `virgil-${appId}` },
      sign: signWith(mine),
    });
    expect((await askWith(own)).status).toBe(200);
    const swapped = await makeToken({ claims: { iss: `virgil-${appId}` }, sign: signWith(mine) });
    expectRefusal(await askWith(swapped), 'token/unknown-key');
  });

  test('that is revoked is refused at the next request, on each node', async () => {
    const { appId } = world;
    const appKey = await generateKeyPair(nodeProvider);
    const { appKeyId } = await createAppKey(world.service.store, { appId, name: 'k', publicKey: spki(appKey) });
    const token = await world.token({ identity: 'alice', appKeyId, appKey });
    const call = { method: 'POST', path: '/card/v5/actions/search', token, body: { identities: ['nobody'] } };
    for (const { url } of world.nodes) expect((await callService(url, call)).status).toBe(200);
    await revokeAppKey(world.service.store, { appId, appKeyId });
    for (const { url } of world.nodes) expectRefusal(await callService(url, call), 'token/unknown-key');
  });
});

describe('a text that is read in two ways', () => {
  test('has the last of two members of one name for each of us, and what was signed is what counts', async () => {
    const now = Math.floor(world.time.now / 1000);
    const claims = `{"iss":"virgil-${world.appId}","sub":"identity-bob","sub":"identity-alice","iat":${now},"exp":${now + 60}}`;
    expect((await askWith(await makeToken({ claims }))).status).toBe(200);
    const header = `{"alg":"VEDS512","alg":"none","typ":"JWT","cty":"virgil-jwt;v=1","kid":"${world.appKeyId}"}`;
    expectRefusal(await askWith(await makeToken({ header })), 'token/wrong-header');
  });

  test('has no member but its own', async () => {
    const header = `{"__proto__":{"alg":"VEDS512","typ":"JWT","cty":"virgil-jwt;v=1","kid":"${world.appKeyId}"}}`;
    expectRefusal(await askWith(await makeToken({ header })), 'token/wrong-header');
    const claims = `{"__proto__":{"iss":"virgil-${world.appId}","sub":"identity-alice","iat":1,"exp":9999999999}}`;
    expectRefusal(await askWith(await makeToken({ claims })), 'token/wrong-claims');
  });

  test.each([
    ['padded', (token: string) => `${token}=`],
    ['in the other alphabet', (token: string) => token.replace(/\.[^.]*$/, (part) => `.+/${part.slice(3)}`)],
    ['of four parts', (token: string) => `${token}.AAAA`],
    ['of JSON ten thousand levels deep', () => `${bytesToBase64Url(utf8ToBytes('['.repeat(10_000)))}.e30.AAAA`],
  ])('is no token: %s', async (_, change) => {
    const { status, body } = await askWith(change(await world.token({ identity: 'alice' })));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 20303 });
  });

  test('is one with another last letter, whose bits mean nothing: no two texts are the same token', async () => {
    const token = await world.token({ identity: 'alice' });
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const others = [...letters]
      .filter((letter) => letter !== token.at(-1))
      .map((letter) => token.slice(0, -1) + letter);
    for (const other of others) {
      const { status, body } = await askWith(other);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 20303 });
    }
  });
});
