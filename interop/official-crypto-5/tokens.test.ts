import { createTokenVerifier } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';
import { startWorld, type World } from '@sotto/testing';
import type { Jwt } from 'virgil-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { official, officialCrypto, officialSdk } from './official.ts';
import { createCardManager, createSdkApplication, type SdkApplication } from './sdk-user.ts';

const HOUR = 60 * 60;

/** A service whose clock can be set ahead of everybody else's. */
let world: World;
let app: SdkApplication;
let aheadSeconds = 0;

beforeAll(async () => {
  world = await startWorld({ clock: () => Date.now() + aheadSeconds * 1000 });
  app = createSdkApplication(world);
});

afterEach(() => {
  aheadSeconds = 0;
});

afterAll(async () => {
  await world.close();
});

describe('tokens of the official generator', () => {
  it('are accepted by our service and by our verifier', async () => {
    const token = app.generator.generateToken('sdk alice', { role: 'admin' });
    const cards = createCardManager(app, 'sdk alice', { getToken: () => token });
    expect(await cards.searchCards('nobody')).toEqual([]);

    const publicKeys = new Map([[world.app.appKeyId, world.app.appKey.publicKey]]);
    const verifier = createTokenVerifier({ provider: nodeProvider, appId: world.app.appId, publicKeys });
    expect(await verifier.verify(token.toString())).toEqual({ identity: 'sdk alice', expiresAt: token.body.exp });
  });

  it('are accepted from a generator as access token provider', async () => {
    const accessTokenProvider = new officialSdk.GeneratorJwtProvider(app.generator, undefined, 'sdk bob');
    const cards = createCardManager(app, 'sdk bob');
    cards.accessTokenProvider = accessTokenProvider;
    const card = await cards.publishCard({ identity: 'sdk bob', ...official.generateKeys() });
    expect((await cards.searchCards('sdk bob')).map(({ id }) => id)).toEqual([card.id]);
  });

  it('are refused by code 20303 where they are of a foreign key, or no tokens', async () => {
    const appKey = official.generateKeys().privateKey;
    const foreign = new officialSdk.JwtGenerator({
      appId: world.app.appId,
      apiKeyId: world.app.appKeyId,
      apiKey: appKey,
      accessTokenSigner: new officialCrypto.VirgilAccessTokenSigner(official),
    }).generateToken('sdk alice');
    const [head, body] = app.generator.generateToken('sdk alice').toString().split('.');
    for (const token of [foreign.toString(), `${head}.${body}.AAAA`]) {
      const cards = createCardManager(app, 'sdk alice', { getToken: () => token });
      await expect(cards.searchCards('nobody')).rejects.toMatchObject({ httpStatus: 400, errorCode: 20303 });
    }
  });
});

describe('tokens of ours', () => {
  it('are read and verified by the official SDK', async () => {
    const text = await world.app.issuer.issue('ours', { ttlSeconds: HOUR, additionalData: { role: 'admin' } });
    const token = officialSdk.Jwt.fromString(text);
    expect(token.identity()).toBe('ours');
    expect(token.appId()).toBe(world.app.appId);
    expect(token.body.exp - token.body.iat).toBe(HOUR);
    expect(token.body.ada).toEqual({ role: 'admin' });
    expect(token.isExpired()).toBe(false);
    expect(token.toString()).toBe(text);

    const verifier = new officialSdk.JwtVerifier({
      apiKeyId: world.app.appKeyId,
      apiPublicKey: official.importPublicKey(world.app.appKey.publicKey.exportDer()),
      accessTokenSigner: new officialCrypto.VirgilAccessTokenSigner(official),
    });
    expect(verifier.verifyToken(token)).toBe(true);
    const [head, body] = text.split('.');
    const [, , signature] = (await world.app.issuer.issue('somebody else')).split('.');
    expect(verifier.verifyToken(officialSdk.Jwt.fromString(`${head}.${body}.${signature}`))).toBe(false);
  });
});

describe('an expired token', () => {
  it('is renewed by the SDK once, since our service says 401 with 20304', async () => {
    const fresh = createSdkApplication({ ...world, ttlSeconds: 3 * HOUR }).generator;
    const reloads: boolean[] = [];
    const getToken = ({ forceReload }: { forceReload?: boolean }): Jwt => {
      reloads.push(forceReload === true);
      return (forceReload === true ? fresh : app.generator).generateToken('sdk carol');
    };
    aheadSeconds = HOUR;
    const cards = createCardManager(app, 'sdk carol', { getToken });
    const card = await cards.publishCard({ identity: 'sdk carol', ...official.generateKeys() });
    aheadSeconds = 0;
    expect(reloads).toEqual([false, true]);
    expect((await cards.searchCards('sdk carol')).map(({ id }) => id)).toEqual([card.id]);
  });

  it('is reported by its code where the SDK is told not to renew, or gets no better one', async () => {
    aheadSeconds = HOUR;
    for (const retryOnUnauthorized of [true, false]) {
      const cards = createCardManager(app, 'sdk dave', { retryOnUnauthorized });
      await expect(cards.searchCards('nobody')).rejects.toMatchObject({ httpStatus: 401, errorCode: 20304 });
    }
  });
});
