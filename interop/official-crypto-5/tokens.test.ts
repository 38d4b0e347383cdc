import { createTokenVerifier } from '@sotto/auth';
import { generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { revokeAppKey } from '@sotto/service';
import { startWorld, type World } from '@sotto/testing';
import type { Jwt } from 'virgil-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { official, officialCrypto, officialSdk } from './official.ts';
import { createCardManager, createSdkApplication, publishCard, type SdkApplication } from './sdk-user.ts';

const HOUR = 60 * 60;

/** A service whose clock can be set ahead of everybody else's, or be stopped. */
let world: World;
let app: SdkApplication;
let aheadSeconds = 0;
/** Milliseconds since 1970. */
let stoppedAt: number | undefined;

beforeAll(async () => {
  world = await startWorld({ clock: () => stoppedAt ?? Date.now() + aheadSeconds * 1000 });
  app = createSdkApplication(world);
});

afterEach(() => {
  aheadSeconds = 0;
  stoppedAt = undefined;
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

  it('are good for their time, five seconds longer, and no longer', async () => {
    const token = createSdkApplication({ ...world, ttlSeconds: 1 }).generator.generateToken('sdk alice');
    expect(token.body.exp - token.body.iat).toBe(1);
    const cards = createCardManager(app, 'sdk alice', { getToken: () => token });
    for (const second of [token.body.iat, token.body.exp, token.body.exp + 5]) {
      stoppedAt = second * 1000;
      expect(await cards.searchCards('nobody'), `at ${second}`).toEqual([]);
    }
    stoppedAt = (token.body.exp + 6) * 1000;
    await expect(cards.searchCards('nobody')).rejects.toMatchObject({ httpStatus: 401, errorCode: 20304 });
  });
});

describe('tokens that are not acceptable are refused by code 20303, and the SDK does not try again', () => {
  async function expectRefusedOnce(token: string): Promise<void> {
    const before = world.seen.length;
    const cards = createCardManager(app, 'sdk alice', { getToken: () => token });
    await expect(cards.searchCards('nobody')).rejects.toMatchObject({ httpStatus: 400, errorCode: 20303 });
    expect(world.seen.length - before).toBe(1);
  }

  it('by a foreign key', async () => {
    const appKey = await generateKeyPair(nodeProvider);
    const { generator } = createSdkApplication({ ...world, app: { ...world.app, appKey: appKey.privateKey } });
    await expectRefusedOnce(generator.generateToken('sdk alice').toString());
  });

  it('by the App Key of another application', async () => {
    const { appKeyId, appKey } = await world.createApplication();
    const { generator } = createSdkApplication({ ...world, app: { ...world.app, appKeyId, appKey } });
    await expectRefusedOnce(generator.generateToken('sdk alice').toString());
  });

  it('by a revoked App Key, from the next request on', async () => {
    const revoked = await world.createApplication();
    const { generator } = createSdkApplication({ ...world, app: revoked });
    const token = generator.generateToken('sdk alice').toString();
    expect(await createCardManager(app, 'sdk alice', { getToken: () => token }).searchCards('nobody')).toEqual([]);
    await revokeAppKey(world.service.store, revoked);
    await expectRefusedOnce(token);
  });

  it('with parts of other tokens', async () => {
    const [head, body] = app.generator.generateToken('sdk alice').toString().split('.');
    const [, , signature] = app.generator.generateToken('sdk mallory').toString().split('.');
    for (const forged of ['AAAA', signature]) await expectRefusedOnce(`${head}.${body}.${forged}`);
  });

  it('with an identity in Latin-1, which the SDK writes for letters beyond ASCII', async () => {
    await expectRefusedOnce(app.generator.generateToken('müller').toString());
    expect(() => app.generator.generateToken('世界')).toThrow(/Latin1/);
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

  it('is renewed in the middle of a life: every call goes through, and a card is published and revoked once', async () => {
    const patient = createSdkApplication({ ...world, ttlSeconds: 100 * HOUR });
    const { cards, card: first } = await publishCard(patient, 'sdk erin');
    const kept = new Map<boolean, Jwt>();
    cards.accessTokenProvider = new officialSdk.CallbackJwtProvider(({ forceReload = false }) => {
      // An app that keeps its token until it is told to fetch another.
      const generator = forceReload ? patient.generator : app.generator;
      const token = kept.get(forceReload) ?? generator.generateToken('sdk erin');
      kept.set(forceReload, token);
      return token;
    });
    aheadSeconds = HOUR;
    const before = world.seen.length;

    const keys = official.generateKeys();
    const second = await cards.publishCard({ identity: 'sdk erin', ...keys, previousCardId: first.id });
    expect(await cards.searchCards('sdk erin')).toMatchObject([{ id: second.id, previousCardId: first.id }]);
    expect((await cards.getCard(first.id)).isOutdated).toBe(true);
    await cards.revokeCard(second.id);
    expect(await cards.searchCards('sdk erin')).toEqual([]);

    // Each call twice: refused, and then with the other token.
    expect(world.seen.length - before).toBe(2 * 5);
  });

  it('is reported by its code where the SDK is told not to renew, or gets no better one', async () => {
    aheadSeconds = HOUR;
    for (const [retryOnUnauthorized, requests] of [
      [true, 2],
      [false, 1],
    ] as const) {
      const before = world.seen.length;
      const cards = createCardManager(app, 'sdk dave', { retryOnUnauthorized });
      await expect(cards.searchCards('nobody')).rejects.toMatchObject({ httpStatus: 401, errorCode: 20304 });
      expect(world.seen.length - before).toBe(requests);
    }
  });
});

describe('the caching provider of the SDK', () => {
  function createCachingManager(ttlSeconds: number) {
    const { generator } = createSdkApplication({ ...world, ttlSeconds });
    const issued: Jwt[] = [];
    const cards = createCardManager(app, 'sdk frank');
    cards.accessTokenProvider = new officialSdk.CachingJwtProvider(() => {
      const token = generator.generateToken('sdk frank');
      issued.push(token);
      return token;
    });
    return { cards, issued };
  }

  it('asks for one token as long as that is fresh', async () => {
    const { cards, issued } = createCachingManager(HOUR);
    for (let call = 0; call < 3; call++) expect(await cards.searchCards('nobody')).toEqual([]);
    expect(issued).toHaveLength(1);
  });

  it('asks for another where less than five seconds are left, so that our service never sees it expire', async () => {
    const { cards, issued } = createCachingManager(3);
    for (let call = 0; call < 3; call++) expect(await cards.searchCards('nobody')).toEqual([]);
    expect(issued).toHaveLength(3);
  });

  it('keeps one that our service calls expired, as its own clock finds it fresh, and the SDK reports that', async () => {
    const { cards, issued } = createCachingManager(HOUR);
    expect(await cards.searchCards('nobody')).toEqual([]);
    aheadSeconds = 2 * HOUR;
    const before = world.seen.length;
    await expect(cards.searchCards('nobody')).rejects.toMatchObject({ httpStatus: 401, errorCode: 20304 });
    expect({ requests: world.seen.length - before, tokens: issued.length }).toEqual({ requests: 2, tokens: 1 });
  });
});
