/** Registration under bad conditions: nobody ends up with a published card whose key is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EvilProxy, type Meddle, startEvilProxy, startWorld, type World } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryKeyStore, type EThree } from '../index.ts';
import { createFileKeyStore } from '../node.ts';

const CHILD = fileURLToPath(new URL('../fixtures/register.js', import.meta.url));

let world: World;
let proxy: EvilProxy;
let count = 0;
let identity = '';

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
});
beforeEach(() => {
  identity = `user ${count++}`;
});
afterEach(() => {
  proxy.meddle = undefined;
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

const isPublish = ({ method, path }: { method: string; path: string }) => method === 'POST' && path === '/card/v5';
const isSearch = ({ path }: { path: string }) => path === '/card/v5/actions/search';

/** The service acts on the publish; its answer, and all that is asked after, is lost. */
function cutOffFromPublishOn(): Meddle {
  let isPublished = false;
  return async (request, forward) => {
    if (!isPublish(request)) return isPublished ? 'cut' : forward();
    await forward();
    isPublished = true;
    return 'cut';
  };
}

/** That the user has one current card, and its key on this device. */
async function expectWhole(client: EThree): Promise<void> {
  const observer = await world.createClient(`observer of ${client.identity}`);
  await observer.register();
  const message = await observer.authEncrypt('hi', await observer.findUsers(client.identity));
  expect(await client.authDecrypt(message, await client.findUsers(observer.identity))).toBe('hi');
}

describe('a publish whose answer is lost', () => {
  it.each<[string, Meddle]>([
    [
      'because the connection breaks after the service has acted',
      async (request, forward) => {
        const answer = await forward();
        return isPublish(request) ? 'cut' : answer;
      },
    ],
    [
      'because something answers with a page of HTML',
      async (request, forward) => {
        const answer = await forward();
        return isPublish(request) ? { status: 200, body: '<html>Log in</html>' } : answer;
      },
    ],
    [
      'because a proxy reports 502',
      async (request, forward) => {
        const answer = await forward();
        return isPublish(request) ? { status: 502, body: 'Bad Gateway' } : answer;
      },
    ],
  ])('is settled by looking: %s', async (_, meddle) => {
    const client = await world.createClient(identity, { apiUrl: proxy.url });
    proxy.meddle = meddle;
    await client.register();
    await expectWhole(client);
  });

  it('is settled by a later call when the look fails too', async () => {
    const keyStore = createMemoryKeyStore();
    const client = await world.createClient(identity, { apiUrl: proxy.url, keyStore });
    proxy.meddle = cutOffFromPublishOn();
    await expect(client.register()).rejects.toMatchObject({ code: 'transport/unreachable' });
    expect(await client.hasLocalPrivateKey()).toBe(false);
    proxy.meddle = undefined;
    await client.register();
    await expectWhole(client);
    await expect(client.register()).rejects.toMatchObject({ name: 'IdentityAlreadyExistsError' });
  });

  it('is settled at the next start of the client', async () => {
    const keyStore = createMemoryKeyStore();
    const client = await world.createClient(identity, { apiUrl: proxy.url, keyStore });
    proxy.meddle = cutOffFromPublishOn();
    await expect(client.register()).rejects.toMatchObject({ code: 'transport/unreachable' });
    // Started without the service it has no key yet, and does not mind.
    const offline = await world.createClient(identity, { apiUrl: proxy.url, keyStore });
    expect(await offline.hasLocalPrivateKey()).toBe(false);
    proxy.meddle = undefined;
    const restarted = await world.createClient(identity, { apiUrl: proxy.url, keyStore });
    expect(await restarted.hasLocalPrivateKey()).toBe(true);
    await expectWhole(restarted);
  });

  it('that never arrived is made up for with the same key', async () => {
    const keyStore = createMemoryKeyStore();
    const client = await world.createClient(identity, { apiUrl: proxy.url, keyStore });
    proxy.meddle = (request, forward) => (isPublish(request) ? 'cut' : forward());
    await expect(client.register()).rejects.toMatchObject({ code: 'transport/unreachable' });
    const lost = proxy.seen.findLast(isPublish)!;
    proxy.meddle = undefined;
    await client.register();
    expect(proxy.seen.findLast(isPublish)!.body).toBe(lost.body);
    await expectWhole(client);
  });

  it('and arrives late, after a second call began, is settled too', async () => {
    const client = await world.createClient(identity, { apiUrl: proxy.url });
    proxy.meddle = (request, forward) => (isPublish(request) ? 'cut' : forward());
    await expect(client.register()).rejects.toMatchObject({ code: 'transport/unreachable' });
    const late = proxy.seen.findLast(isPublish)!;
    proxy.meddle = async (request, forward) => {
      if (isPublish(request)) await forward(late);
      return forward();
    };
    await client.register();
    await expectWhole(client);
  });
});

describe('a refused publish', () => {
  it('leaves no key behind that claims to be in use', async () => {
    const client = await world.createClient(identity, { apiUrl: proxy.url });
    proxy.meddle = (request, forward) =>
      isPublish(request) ? { status: 400, body: '{"code":71000,"message":"no"}' } : forward();
    await expect(client.register()).rejects.toMatchObject({ code: 'service/refused', details: { serviceCode: 71000 } });
    expect(await client.hasLocalPrivateKey()).toBe(false);
    proxy.meddle = undefined;
    await client.register();
    await expectWhole(client);
  });

  it('of a service that answers with another card is not believed', async () => {
    const client = await world.createClient(identity, { apiUrl: proxy.url });
    const other = await world.createClient(`other ${identity}`);
    await other.register();
    const [card] = await other.cardManager.searchCards(other.identity);
    proxy.meddle = (request, forward) =>
      isPublish(request) ? { status: 200, body: JSON.stringify(card!.raw) } : forward();
    await expect(client.register()).rejects.toMatchObject({ code: 'service/altered-card' });
  });
});

describe('registering twice', () => {
  it('is refused on another device', async () => {
    await (await world.createClient(identity)).register();
    const second = await world.createClient(identity);
    await expect(second.register()).rejects.toMatchObject({
      name: 'IdentityAlreadyExistsError',
      code: 'register/already-registered',
    });
    expect(await second.hasLocalPrivateKey()).toBe(false);
  });

  it('at once with one client is refused', async () => {
    const client = await world.createClient(identity);
    const [first, second] = await Promise.allSettled([client.register(), client.register()]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { code: 'register/in-progress' } });
    await expectWhole(client);
  });

  it('at once with two clients of one device gives one card', async () => {
    const keyStore = createMemoryKeyStore();
    const clients = await Promise.all([0, 1].map(() => world.createClient(identity, { keyStore })));
    const outcomes = await Promise.allSettled(clients.map((client) => client.register()));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const client of clients) await expectWholeOnce(client);
  });

  it('on two devices at once may leave two cards, which everybody reports', async () => {
    const clients = await Promise.all([0, 1].map(() => world.createClient(identity, { apiUrl: proxy.url })));
    const waiting: (() => void)[] = [];
    proxy.meddle = async (request, forward) => {
      const answer = await forward();
      if (isSearch(request)) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 2) for (const release of waiting) release();
        });
      }
      return answer;
    };
    await Promise.all(clients.map((client) => client.register()));
    proxy.meddle = undefined;
    const observer = await world.createClient(`observer of ${identity}`);
    await expect(observer.findUsers(identity)).rejects.toMatchObject({
      name: 'UsersFoundWithMultipleCardsError',
      code: 'users/multiple-cards',
      identities: [identity],
    });
    const lookup = observer.lookupPublicKeys(identity);
    await expect(lookup).rejects.toMatchObject({ lookupResult: { [identity]: { name: 'MultipleCardsError' } } });
    const third = await world.createClient(identity);
    await expect(third.register()).rejects.toMatchObject({ name: 'MultipleCardsError' });
  });
});

async function expectWholeOnce(client: EThree): Promise<void> {
  const [card, ...others] = await client.cardManager.searchCards(client.identity);
  expect(others).toEqual([]);
  const message = await client.authEncrypt('hi');
  expect(await client.authDecrypt(message, card)).toBe('hi');
}

describe('a process that is killed while it registers', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sotto-register-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** Registers in a process of its own, and kills it where the proxy says so. */
  async function registerAndDie(meddle: (kill: () => Promise<void>) => Meddle): Promise<void> {
    const token = await world.app.issuer.issue(identity);
    const child = spawn(process.execPath, [CHILD, proxy.url, join(directory, 'keys'), token], { stdio: 'inherit' });
    const ended = once(child, 'exit');
    proxy.meddle = meddle(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const [, signal] = (await ended) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    proxy.meddle = undefined;
  }

  it.each<[string, (kill: () => Promise<void>) => Meddle]>([
    [
      'while it looks for its card',
      (kill) => async (request, forward) => {
        if (isSearch(request)) await kill();
        return forward();
      },
    ],
    [
      'before its card reaches the service',
      (kill) => async (request, forward) => {
        if (!isPublish(request)) return forward();
        await kill();
        return 'cut';
      },
    ],
    [
      'after the service has its card and before the answer',
      (kill) => async (request, forward) => {
        const answer = await forward();
        if (isPublish(request)) await kill();
        return answer;
      },
    ],
  ])('has a whole registration after the next start: %s', async (_, meddle) => {
    await registerAndDie(meddle);
    const key = { kind: 'bytes' as const, bytes: new Uint8Array(32).fill(7) };
    const keyStore = await createFileKeyStore({ directory: join(directory, 'keys'), key });
    const client = await world.createClient(identity, { keyStore });
    if (!(await client.hasLocalPrivateKey())) await client.register();
    await expectWhole(client);
    await expectWholeOnce(client);
  });
});
