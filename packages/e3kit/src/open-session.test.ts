/** Starting a client: arguments, tokens, clocks, and the pin on the service's key. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { type EvilProxy, rotateServiceKey, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCardCache, createMemoryKeyStore, EThree, type EThreeOptions } from './index.ts';

let world: World;
let proxy: EvilProxy;

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
  await (await world.createClient('bob')).register();
});
afterEach(() => {
  proxy.meddle = undefined;
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

const stores = () => ({ keyStore: createMemoryKeyStore(), cardCache: createMemoryCardCache() });
const isSearch = ({ path }: { path: string }) => path === '/card/v5/actions/search';

/** A client whose tokens come from `getToken`, over the proxy. */
function initialize(getToken: () => Promise<string>, options: EThreeOptions = {}): Promise<EThree> {
  return EThree.initialize(getToken, { apiUrl: proxy.url, ...stores(), ...options });
}

/** A token of the world's application, unless the options say otherwise. */
function makeToken(options: Partial<Parameters<typeof issueToken>[1]> = {}): Promise<string> {
  const { appId, appKeyId, appKey } = world.app;
  const issuedAt = Math.floor(Date.now() / 1000);
  return issueToken(nodeProvider, { appId, appKeyId, appKey, identity: 'alice', issuedAt, ttlSeconds: 60, ...options });
}

describe('initialize', () => {
  it('refuses a token callback that is none', async () => {
    for (const wrong of [undefined, null, 'token', {}]) {
      await expect(EThree.initialize(wrong as never)).rejects.toThrow(TypeError);
    }
  });

  it.each(['', 'localhost:8080', 'ftp://localhost', 'http://localhost?x=1', 'http://u:p@localhost', 5])(
    'refuses %j as apiUrl',
    async (apiUrl) => {
      await expect(initialize(makeToken, { apiUrl: apiUrl as string })).rejects.toMatchObject({
        code: 'usage/api-url',
      });
    },
  );

  it.each(['', 'no base64', 'AAAA', 'MCowBQYDK2VuAyEAq+h2mLCADMpOg8icTwrHuP07EO03jPGTV6Dk8fga6UQ='])(
    'refuses %j as service key',
    async (servicePublicKey) => {
      await expect(initialize(makeToken, { servicePublicKey })).rejects.toMatchObject({
        code: 'usage/service-public-key',
      });
    },
  );

  it('says what to do where no service answers', async () => {
    const eThree = await initialize(makeToken, { apiUrl: 'http://127.0.0.1:9' });
    const failed = eThree.findUsers('bob');
    await expect(failed).rejects.toMatchObject({ code: 'transport/unreachable' });
    await expect(failed).rejects.toThrow(/apiUrl/);
  });

  it('takes tokens as objects that print as their text, and from a provider', async () => {
    const token = await makeToken();
    const fromObject = await initialize((async () => ({ toString: () => token })) as never);
    expect(fromObject.identity).toBe('alice');
    const eThree = await EThree.initialize(undefined, {
      apiUrl: proxy.url,
      ...stores(),
      accessTokenProvider: { getToken: async () => ({ toString: () => token }) },
    });
    expect(eThree.identity).toBe('alice');
    const { accessTokenProvider } = eThree;
    const shown = await accessTokenProvider.getToken({ service: 'cards', operation: 'get', forceReload: false });
    expect(shown.toString()).toBe(token);
  });
});

describe('tokens', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['a callback that fails', () => Promise.reject(new Error('no backend')), 'token/unavailable'],
    ['no text', async () => 5 as never, 'token/unusable'],
    ['no token', async () => 'abc', 'token/unusable'],
    ['undefined', async () => undefined as never, 'token/unusable'],
  ])('are refused: %s', async (_, getToken, code) => {
    await expect(initialize(getToken)).rejects.toMatchObject({ code });
  });

  it('are asked for again when the service calls them expired, once', async () => {
    let calls = 0;
    const eThree = await initialize(async () => {
      calls++;
      // By the time of the backend it is good for long, so the client keeps it; by that of the service it is over.
      const issuedAt = calls === 1 ? 1_000_000 : Math.floor(Date.now() / 1000);
      return makeToken({ issuedAt });
    });
    expect((await eThree.findUsers('bob')).identity).toBe('bob');
    expect(calls).toBe(2);
  });

  it('that are always expired end in an error of their own', async () => {
    const eThree = await initialize(() => makeToken({ issuedAt: 1_000_000 }));
    await expect(eThree.findUsers('bob')).rejects.toMatchObject({ code: 'token/expired-again' });
  });

  it('are renewed before they expire, by the time that has passed and not by the clock on the wall', async () => {
    let time = 5; // a device that believes to live in 1970
    let calls = 0;
    const clock = () => time;
    const eThree = await initialize(
      async () => {
        calls++;
        return makeToken({ ttlSeconds: 600 });
      },
      { clock },
    );
    await eThree.findUsers('bob');
    time += 500_000;
    await eThree.findUsers('bob');
    expect(calls).toBe(1);
    time += 80_000;
    await eThree.findUsers('bob');
    expect(calls).toBe(2);
  });

  it('are fetched once for many calls at a time', async () => {
    let calls = 0;
    const eThree = await initialize(async () => {
      calls++;
      return makeToken({ ttlSeconds: 1, issuedAt: Math.floor(Date.now() / 1000) - (calls === 1 ? 100 : 0) });
    });
    await Promise.all([1, 2, 3].map(() => eThree.findUsers('bob')));
    expect(calls).toBe(2);
  });

  it('of another user or application than before are refused', async () => {
    const identities = ['alice', 'mallory'];
    const eThree = await initialize(() => makeToken({ identity: identities.shift()!, issuedAt: 1_000_000 }));
    await expect(eThree.findUsers('bob')).rejects.toMatchObject({ code: 'token/other-identity' });
  });

  it('of another application do not show its users, and a foreign App Key is refused', async () => {
    const other = await world.createApplication();
    const stranger = await initialize(() => other.issuer.issue('alice'));
    await expect(stranger.findUsers('bob')).rejects.toMatchObject({ name: 'UsersNotFoundError' });
    const { appKeyId, appKey } = other;
    const forger = await initialize(() => makeToken({ appKeyId, appKey }));
    await expect(forger.findUsers('bob')).rejects.toMatchObject({
      code: 'token/refused',
      details: { serviceCode: 20303 },
    });
  });
});

describe('the service key', () => {
  it('is remembered when the service is first met, and then pinned', async () => {
    const cardCache = createMemoryCardCache();
    const first = await initialize(makeToken, { cardCache });
    await first.findUsers('bob');
    const impostor = await startWorld();
    const { issuer } = impostor.app;
    const bob = await impostor.createClient('bob');
    await bob.register();
    try {
      // The same address, another service.
      proxy.meddle = async ({ method, path, body }) => {
        const token = await issuer.issue('alice');
        const headers = { authorization: `Virgil ${token}` };
        const answer = await fetch(impostor.service.url + path, { method, headers, ...(body ? { body } : {}) });
        return { status: answer.status, body: await answer.text() };
      };
      const again = await initialize(makeToken, { cardCache });
      await expect(again.findUsers('bob')).rejects.toMatchObject({ code: 'service-key/changed' });
    } finally {
      await impostor.close();
    }
  });

  it('given by the app decides', async () => {
    const other = await startWorld();
    try {
      const { servicePublicKey } = other.service;
      const eThree = await initialize(makeToken, { servicePublicKey });
      await expect(eThree.findUsers('bob')).rejects.toMatchObject({ code: 'service-key/changed' });
    } finally {
      await other.close();
    }
  });

  it('is followed when the service rotates it, also later and offline', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sotto-rotation-'));
    const before = await startWorld({ dataDir });
    const options = { ...stores(), servicePublicKey: before.service.servicePublicKey };
    const alice = await before.createClient('alice', options);
    await alice.register();
    await (await before.createClient('bob')).register();
    await alice.findUsers('bob');
    const tokenOf = (identity: string) => before.app.issuer.issue(identity);
    await before.close();
    await rotateServiceKey(dataDir);
    const after = await startWorld({ dataDir });
    try {
      expect(after.service.servicePublicKey).not.toBe(options.servicePublicKey);
      const restart = () => EThree.initialize(() => tokenOf('alice'), { ...options, apiUrl: after.service.url });
      const restarted = await restart();
      await (
        await EThree.initialize(() => tokenOf('carol'), { ...options, ...stores(), apiUrl: after.service.url })
      ).register();
      expect((await restarted.findUsers('carol')).identity).toBe('carol');
      expect((await restarted.findUsers('bob')).identity).toBe('bob');
      expect((await (await restart()).findCachedUsers('carol')).identity).toBe('carol');
    } finally {
      await after.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('is followed by all who ask at that moment, whichever key their answer is under', async () => {
    const { service, dataDir, app } = await startWorld();
    const before = await startEvilProxy(service.url);
    const options = { ...stores(), apiUrl: before.url, servicePublicKey: service.servicePublicKey };
    const eThree = await EThree.initialize(() => app.issuer.issue('alice'), options);
    await eThree.register();
    for (const identity of ['bob', 'carol']) {
      const user = await EThree.initialize(() => app.issuer.issue(identity), { ...options, ...stores() });
      await user.register();
    }
    let [release, tellHeld] = [() => {}, () => {}];
    const released = new Promise<void>((resolve) => (release = resolve));
    const isHeld = new Promise<void>((resolve) => (tellHeld = resolve));
    let asked = 0;
    before.meddle = async (request, forward) => {
      const answer = await forward();
      if (isSearch(request) && ++asked === 1) {
        tellHeld();
        await released;
      }
      return answer;
    };
    const bob = eThree.findUsers('bob');
    await isHeld;
    await rotateServiceKey(dataDir, service);
    expect((await eThree.findUsers('carol')).identity).toBe('carol');
    release();
    expect((await bob).identity).toBe('bob');
    expect(asked).toBe(3);
    await before.close();
    await service.close();
  });

  it('that is unknown because the service has no chain is asked of the app', async () => {
    proxy.meddle = (request, forward) => (isSearch(request) ? forward() : { status: 200, body: '{}' });
    const eThree = await initialize(makeToken);
    await expect(eThree.findUsers('bob')).rejects.toMatchObject({ code: 'service-key/unknown' });
  });

  it('that was spoilt in the cache is not replaced by a first sight', async () => {
    const cardCache = createMemoryCardCache();
    await (await initialize(makeToken, { cardCache })).findUsers('bob');
    const name = (await cardCache.list()).find((entry) => entry.includes('service-key'))!;
    await cardCache.write(new Map([[name, '{"keys":[]}']]));
    const eThree = await initialize(makeToken, { cardCache });
    await expect(eThree.findUsers('bob')).rejects.toMatchObject({ code: 'storage/damaged' });
  });
});

describe('a key ring that cannot be read', () => {
  it('is an error that quotes nothing of it, and is left as it is', async () => {
    const keyStore = createMemoryKeyStore();
    await (await initialize(() => makeToken({ identity: 'carol' }), { keyStore })).register();
    const { name } = (await keyStore.list())[0]!;
    const spoilt = new TextEncoder().encode('{"current":MC4CAQAwBQYDK2Vw');
    await keyStore.save(name, spoilt);
    const eThree = await initialize(() => makeToken({ identity: 'carol' }), { keyStore });
    const error: unknown = await eThree.authEncrypt('hi').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'storage/damaged-key-ring' });
    expect((error as Error).cause).toBeUndefined();
    await expect(eThree.register()).rejects.toMatchObject({ code: 'storage/damaged-key-ring' });
    expect((await keyStore.load(name))?.value).toEqual(spoilt);
  });

  it('gives way to a backup after cleanup', async () => {
    const keyStore = createMemoryKeyStore();
    const token = (): Promise<string> => makeToken({ identity: 'dora' });
    const before = await initialize(token, { keyStore });
    await before.register();
    await before.backupPrivateKey('a password');
    const message = await before.authEncrypt('still here');
    await keyStore.save((await keyStore.list())[0]!.name, new TextEncoder().encode('{'));
    const after = await initialize(token, { keyStore });
    await expect(after.restorePrivateKey('a password')).rejects.toMatchObject({ code: 'storage/damaged-key-ring' });
    await after.cleanup();
    await after.restorePrivateKey('a password');
    expect(await after.authDecrypt(message)).toBe('still here');
  });
});

describe('repeats', () => {
  it('are made for lookups when the connection breaks, and not for refusals', async () => {
    const { servicePublicKey } = world.service;
    const eThree = await initialize(makeToken, { servicePublicKey });
    let failures = 2;
    proxy.meddle = (request, forward) => (isSearch(request) && failures-- > 0 ? 'cut' : forward());
    expect((await eThree.findUsers('bob')).identity).toBe('bob');
    const asked = proxy.seen.length;
    proxy.meddle = () => ({ status: 400, body: '{"code":70009,"message":"no"}' });
    await expect(eThree.findUsers('bob')).rejects.toMatchObject({ code: 'service/refused' });
    expect(proxy.seen).toHaveLength(asked + 1);
  });
  it('are made for everything when there were too many requests, as soon as the service says', async () => {
    const { servicePublicKey } = world.service;
    const eThree = await initialize(makeToken, { servicePublicKey });
    let refusals = 2;
    proxy.meddle = (request, forward) =>
      request.path.startsWith('/card/v5') && refusals-- > 0
        ? { status: 429, headers: { 'Retry-After': '0' }, body: '{"code":70016,"message":"wait"}' }
        : forward();
    await eThree.register();
    expect(refusals).toBeLessThan(0);
    expect((await eThree.findUsers('bob')).identity).toBe('bob');
  });

  it.each([
    ['the service', { 'Retry-After': '60' }, '{"code":70016,"message":"wait"}', { retryAfterSeconds: 60 }],
    ['a proxy before it', { 'Retry-After': '60' }, '<html>', { retryAfterSeconds: 60 }],
  ])('are left to the app where %s wants a long pause', async (_, headers, body, details) => {
    const { servicePublicKey } = world.service;
    const eThree = await initialize(makeToken, { servicePublicKey });
    const asked = proxy.seen.length;
    proxy.meddle = () => ({ status: 429, headers, body });
    await expect(eThree.register()).rejects.toMatchObject({ code: 'service/too-many-requests', details });
    expect(proxy.seen).toHaveLength(asked + 1);
  });
});
