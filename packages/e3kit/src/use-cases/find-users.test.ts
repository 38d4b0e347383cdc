/** What a dishonest or broken service can do to a lookup, and what the client makes of it. */
import { readFileSync } from 'node:fs';
import {
  bytesToBase64,
  type Card,
  generateKeyPair,
  issueCard,
  type KeyPair,
  type RawCard,
  SIGNER,
  signCard,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import {
  changeJson,
  type EvilProxy,
  type ProxiedAnswer,
  type ProxiedRequest,
  startEvilProxy,
  startWorld,
  type World,
} from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCardCache, type EThree, type EThreeOptions, type KeyChange } from '../index.ts';

let world: World;
let proxy: EvilProxy;
let count = 0;

beforeAll(async () => {
  world = await startWorld();
  proxy = await startEvilProxy(world.service.url);
  for (const identity of ['alice', 'bob', 'mallory']) await (await world.createClient(identity)).register();
});
afterEach(() => {
  proxy.meddle = undefined;
});
afterAll(async () => {
  await proxy.close();
  await world.close();
});

const isSearch = ({ path }: ProxiedRequest) => path === '/card/v5/actions/search';
const now = () => Math.floor(Date.now() / 1000);

/** A registered client whose requests go through the proxy. */
async function createObserver(options: EThreeOptions = {}): Promise<EThree> {
  const observer = await world.createClient(`observer ${count++}`, { apiUrl: proxy.url, ...options });
  await observer.register();
  return observer;
}

/** Answers searches with what `change` makes of the cards found. */
function tamperWithSearch(change: (cards: RawCard[]) => unknown): void {
  proxy.meddle = async (request, forward) => {
    const answer = await forward();
    return isSearch(request) ? changeJson<RawCard[]>(answer, change) : answer;
  };
}

/** A card that an official client made for a CURVE25519_ROUND5_ED25519_FALCON key. */
function postQuantumCard(): { identity: string; card: RawCard } {
  const file = new URL('../../../../vectors/formats/post-quantum-card.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as { identity: string; card: RawCard };
}

/** Publishes a card for `identity` with its token, as any client could. */
async function publish(identity: string, raw: RawCard): Promise<RawCard> {
  const token = await world.app.issuer.issue(identity);
  const response = await fetch(`${world.service.url}/card/v5`, {
    method: 'POST',
    headers: { authorization: `Virgil ${token}` },
    body: JSON.stringify(raw),
  });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as RawCard;
}

/** A user with one card, and the means to replace it. */
async function createUser(): Promise<{ identity: string; keys: KeyPair; card: Card; replace: typeof replace }> {
  const identity = `subject ${count++}`;
  const keys = await generateKeyPair(nodeProvider);
  await publish(identity, await issueCard(nodeProvider, { identity, privateKey: keys.privateKey, createdAt: now() }));
  const card = await (await createObserver()).findUsers(identity);
  return { identity, keys, card, replace };
}

async function replace(
  { identity, keys, card }: { identity: string; keys: KeyPair; card: Card },
  { isEndorsed }: { isEndorsed: boolean },
): Promise<void> {
  const { privateKey } = await generateKeyPair(nodeProvider);
  const issued = await issueCard(nodeProvider, { identity, privateKey, createdAt: now(), previousCardId: card.id });
  const endorsement = { signer: SIGNER.previous, privateKey: keys.privateKey };
  await publish(identity, isEndorsed ? await signCard(nodeProvider, issued, endorsement) : issued);
}

describe('a card is refused', () => {
  it('when it is of somebody else than was asked for', async () => {
    const observer = await createObserver();
    proxy.meddle = async (request, forward) => {
      if (!isSearch(request)) return forward();
      return forward({ ...request, body: '{"identities":["mallory"]}' });
    };
    await expect(observer.findUsers('bob')).rejects.toMatchObject({ code: 'users/foreign-card' });
  });

  it('when it lacks the signature of the service', async () => {
    const observer = await createObserver();
    tamperWithSearch(([card]) => [{ ...card, signatures: card!.signatures.filter(({ signer }) => signer === 'self') }]);
    await expect(observer.findUsers('bob')).rejects.toMatchObject({ code: 'card/missing-service-signature' });
  });

  it('when it lacks its own signature', async () => {
    const observer = await createObserver();
    tamperWithSearch(([card]) => [{ ...card, signatures: card!.signatures.filter(({ signer }) => signer !== 'self') }]);
    await expect(observer.findUsers('bob')).rejects.toMatchObject({ code: 'card/bad-self-signature' });
  });

  it('when another key has signed in the name of the service', async () => {
    const observer = await createObserver();
    const mallory = await generateKeyPair(nodeProvider);
    const forged = await issueCard(nodeProvider, { identity: 'bob', privateKey: mallory.privateKey, createdAt: now() });
    const signed = await signCard(nodeProvider, forged, { signer: SIGNER.service, privateKey: mallory.privateKey });
    tamperWithSearch(() => [signed]);
    await expect(observer.findUsers('bob')).rejects.toMatchObject({ code: 'card/bad-service-signature' });
  });

  it('when its content was changed', async () => {
    const observer = await createObserver();
    tamperWithSearch(([card]) => {
      const snapshot = JSON.parse(Buffer.from(card!.content_snapshot, 'base64').toString()) as object;
      const changed = JSON.stringify({ ...snapshot, created_at: 1 });
      return [{ ...card, content_snapshot: Buffer.from(changed).toString('base64') }];
    });
    await expect(observer.findUsers('bob')).rejects.toMatchObject({ code: 'card/bad-service-signature' });
  });

  it.each([
    ['no object', () => ['x'], 'service/bad-answer'],
    ['no list', () => ({}), 'service/bad-answer'],
    ['no card', () => [{}], 'card/malformed'],
    ['no snapshot', ([card]: RawCard[]) => [{ ...card, content_snapshot: 'e30=' }], 'card/malformed'],
  ])('when the answer is %s', async (_, change, code) => {
    const observer = await createObserver();
    tamperWithSearch(change);
    await expect(observer.findUsers('bob')).rejects.toMatchObject({ code });
  });

  it('when it holds a post-quantum compound key', async () => {
    const { identity, card } = postQuantumCard();
    await publish(identity, card);
    const observer = await createObserver();
    await expect(observer.findUsers(identity)).rejects.toMatchObject({ code: 'card/unsupported-key' });
  });
});

describe('a changed card', () => {
  it('that the former key endorsed is reported as a rotation', async () => {
    const user = await createUser();
    const changes: KeyChange[] = [];
    const observer = await createObserver({ strict: true, onKeyChanged: (change) => changes.push(change) });
    const before = await observer.findUsers(user.identity);
    await user.replace(user, { isEndorsed: true });
    const after = await observer.findUsers(user.identity);
    expect(after.previousCard?.id).toBe(before.id);
    expect(changes).toMatchObject([{ identity: user.identity, kind: 'rotated', previous: { id: before.id } }]);
    expect(await observer.authEncrypt('hi', after)).toMatch(/^[A-Za-z0-9+/=]+$/);
  });

  it('that nobody endorsed is reported as a replacement, and in strict mode waits to be accepted', async () => {
    const user = await createUser();
    const changes: KeyChange[] = [];
    const observer = await createObserver({ strict: true, onKeyChanged: (change) => changes.push(change) });
    const before = await observer.findUsers(user.identity);
    await user.replace(user, { isEndorsed: false });
    const after = await observer.findUsers(user.identity);
    expect(changes).toMatchObject([{ kind: 'replaced', previous: { id: before.id }, current: { id: after.id } }]);
    for (const card of [before, after]) {
      await expect(observer.authEncrypt('hi', card)).rejects.toMatchObject({
        code: 'users/key-not-accepted',
        details: { identities: [user.identity] },
      });
    }
    await observer.findUsers(user.identity);
    await expect(observer.encrypt('hi', after)).rejects.toMatchObject({ code: 'users/key-not-accepted' });
    await observer.acceptKey(after);
    expect(await observer.encrypt('hi', after)).toMatch(/^[A-Za-z0-9+/=]+$/);
    expect(changes).toHaveLength(1);
  });

  it('is noticed after a restart of the client, too', async () => {
    const user = await createUser();
    const changes: KeyChange[] = [];
    const options = { cardCache: createMemoryCardCache(), onKeyChanged: (change: KeyChange) => changes.push(change) };
    const observer = await createObserver(options);
    await observer.findUsers(user.identity);
    await user.replace(user, { isEndorsed: false });
    const restarted = await world.createClient(observer.identity, {
      ...options,
      apiUrl: proxy.url,
      keyStore: observer.keyStore,
    });
    await restarted.findUsers(user.identity);
    expect(changes).toMatchObject([{ identity: user.identity, kind: 'replaced' }]);
  });

  it('rolled back to a former one is a replacement', async () => {
    const user = await createUser();
    await user.replace(user, { isEndorsed: true });
    const changes: KeyChange[] = [];
    const observer = await createObserver({ onKeyChanged: (change) => changes.push(change) });
    await observer.findUsers(user.identity);
    tamperWithSearch((cards) =>
      cards.filter(({ content_snapshot }) => content_snapshot === user.card.raw.content_snapshot),
    );
    expect((await observer.findUsers(user.identity)).id).toBe(user.card.id);
    expect(changes).toMatchObject([{ kind: 'replaced' }]);
  });

  it('still verifies what its former key signed, by date', async () => {
    const user = await createUser();
    const observer = await createObserver();
    await user.replace(user, { isEndorsed: true });
    const chain = await observer.findUsers(user.identity);
    const { virgilCrypto } = observer;
    const own = await observer.lookupPublicKeys(observer.identity);
    const old = await virgilCrypto.signAndEncrypt('from before', user.keys.privateKey, own, true);
    await expect(observer.authDecrypt(old, chain)).rejects.toMatchObject({ code: 'envelope/other-signer' });
    expect(Buffer.from(await observer.authDecrypt(old, chain, new Date(0))).toString()).toBe('from before');
    expect(bytesToBase64(chain.previousCard!.publicKey.exportDer())).toBe(
      bytesToBase64(user.keys.publicKey.exportDer()),
    );
  });
});

describe('while the service is away', () => {
  const outages: [string, ProxiedAnswer | 'cut'][] = [
    ['connections break', 'cut'],
    ['a proxy answers 503', { status: 503, body: 'no' }],
    ['a captive portal answers HTML', { status: 200, body: '<html>' }],
  ];
  it.each(outages)('users seen before are found and encrypted for: %s', async (_, outcome) => {
    const observer = await createObserver();
    const before = await observer.findUsers('bob');
    proxy.meddle = () => outcome;
    const bob = await observer.findUsers('bob');
    expect(bob.id).toBe(before.id);
    expect((await observer.findCachedUsers(['bob']))['bob']?.id).toBe(before.id);
    expect((await observer.lookupPublicKeys('bob')).identifier).toEqual(before.publicKey.identifier);
    const message = await observer.authEncrypt('hi', bob);
    expect(await observer.authDecrypt(message)).toBe('hi');
    await expect(observer.findUsers(['bob', 'alice'])).rejects.toMatchObject({ family: 'transport' });
    await expect(observer.findCachedUsers('alice')).rejects.toMatchObject({ name: 'UsersNotFoundError' });
  });

  it('a silent service is given up after the time limit', async () => {
    const observer = await createObserver({ timeoutMs: 300 });
    proxy.meddle = () => 'silence';
    await expect(observer.findUsers('bob')).rejects.toMatchObject({ code: 'transport/timeout' });
  });

  it('a caller that aborts is told so, and gets nothing from the cache', async () => {
    const observer = await createObserver();
    await observer.findUsers('bob');
    const controller = new AbortController();
    proxy.meddle = () => {
      controller.abort();
      return 'silence';
    };
    const { signal } = controller;
    await expect(observer.findUsers('bob', { signal })).rejects.toMatchObject({ code: 'transport/aborted' });
  });

  it('a tampered cache is not used', async () => {
    const cardCache = createMemoryCardCache();
    const observer = await createObserver({ cardCache });
    await observer.findUsers('bob');
    const name = (await cardCache.list()).find((entry) => entry.endsWith('"bob"]'))!;
    const stored = (await cardCache.read(name))!;
    await cardCache.write(new Map([[name, stored.replace(/"signature":"MFEw..../, '"signature":"MFEwDDDD')]]));
    const restarted = await world.createClient(observer.identity, {
      cardCache,
      apiUrl: proxy.url,
      keyStore: observer.keyStore,
    });
    proxy.meddle = () => 'cut';
    await expect(restarted.findUsers('bob')).rejects.toMatchObject({ code: 'transport/unreachable' });
    await expect(restarted.findCachedUsers('bob')).rejects.toMatchObject({ name: 'UsersNotFoundError' });
    proxy.meddle = undefined;
    expect((await restarted.findUsers('bob')).identity).toBe('bob');
  });

  it('answers that are young enough are not asked for again', async () => {
    let time = Date.now();
    const observer = await createObserver({ cardMaxAgeSeconds: 60, clock: () => time });
    await observer.findUsers('bob');
    const asked = proxy.seen.filter(isSearch).length;
    time += 59_000;
    await observer.findUsers('bob');
    expect(proxy.seen.filter(isSearch)).toHaveLength(asked);
    time += 2000;
    await observer.findUsers('bob');
    expect(proxy.seen.filter(isSearch)).toHaveLength(asked + 1);
  });
});
