/** Two users compare their safety number, each in a browser of their own, and what becomes of it when a key changes. */
import type { RawCard } from '@sotto/core';
import type { EThree } from '@sotto/e3kit';
import { changeJson, type EvilProxy, startEvilProxy } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

declare global {
  var user: EThree;
  /** What the client told of changed keys. */
  var keyChanges: { readonly identity: string; readonly kind: string; readonly wasVerified: boolean }[];
}

/** A user at a browser. */
interface Person {
  readonly identity: string;
  readonly tab: Tab;
}

let stage: Stage;
/** Stands between both browsers and the service. */
let proxy: EvilProxy;
let url: string;
let count = 0;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  stage = await openStage({
    standBefore: async (serviceUrl) => {
      proxy = await startEvilProxy(serviceUrl);
      return proxy;
    },
  });
  url = await stage.serve('client');
});
afterAll(() => stage.close());

beforeEach(async () => {
  count++;
  [alice, bob] = await Promise.all([arrive(`alice ${count}`), arrive(`bob ${count}`)]);
});
afterEach(async () => {
  proxy.meddle = undefined;
  for (const { tab } of [alice, bob]) {
    expect(tab.complaints).toEqual([]);
    await tab.page.context().close();
  }
});

async function arrive(identity: string): Promise<Person> {
  const tab = await openTab(await stage.browser.newContext(), url);
  await openClient({ identity, tab });
  await tab.page.evaluate(() => user.register());
  return { identity, tab };
}

async function openClient({ identity, tab }: Person): Promise<void> {
  await waitForGlobal(tab, 'openDevice');
  await tab.page.evaluate(
    async (options) => {
      globalThis.keyChanges = [];
      globalThis.user = await openDevice({
        ...options,
        strict: true,
        onKeyChanged: ({ identity, kind, wasVerified }) => keyChanges.push({ identity, kind, wasVerified }),
      });
    },
    { ...stage.addresses, identity },
  );
}

async function reload(person: Person): Promise<void> {
  await person.tab.page.reload();
  await openClient(person);
}

/** What the screen of one shows for the other. */
function showNumber({ tab }: Person, peer: Person) {
  return tab.page.evaluate(async (name) => user.getSafetyNumber(await user.findUsers(name)), peer.identity);
}

/** Scans the code on the other's screen and takes note that it fits. The code of the error if it does not. */
function scan({ tab }: Person, peer: Person, qr: string): Promise<string> {
  return tab.page.evaluate(
    async ([name, scanned]) => {
      const card = await user.findUsers(name);
      try {
        await user.compareSafetyQr(card, scanned);
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
      await user.setVerified(card);
      return 'fits';
    },
    [peer.identity, qr] as const,
  );
}

/** Looks the other up: whether that one is verified, what was told of the key, and what comes of writing. */
function meet({ tab }: Person, peer: Person) {
  return tab.page.evaluate(async (name) => {
    globalThis.keyChanges = [];
    const card = await user.findUsers(name);
    const written = await user.authEncrypt('hi', card).then(
      () => 'encrypted',
      (error: { code?: string }) => error.code ?? String(error),
    );
    return { isVerified: await user.isVerified(card), changes: keyChanges, written };
  }, peer.identity);
}

/** Somebody with a token of the identity publishes a card, as a dishonest backend can. */
async function takeOver({ identity }: Person): Promise<void> {
  await (await stage.world.createClient(identity)).rotatePrivateKey();
}

/** The service answers searches for the user by this card alone. */
function serveOnly({ content_snapshot }: RawCard): void {
  proxy.meddle = async (request, forward) => {
    const answer = await forward();
    if (request.method !== 'POST' || request.path !== '/card/v5/actions/search') return answer;
    return changeJson<RawCard[]>(answer, (cards) => cards.filter((card) => card.content_snapshot === content_snapshot));
  };
}

async function verifyEachOther(): Promise<void> {
  const [byAlice, byBob] = [await showNumber(alice, bob), await showNumber(bob, alice)];
  expect(await scan(alice, bob, byBob.qr)).toBe('fits');
  expect(await scan(bob, alice, byAlice.qr)).toBe('fits');
}

it('both see the same digits and words, scan each other, and are still verified when their pages were closed', async () => {
  const [byAlice, byBob] = [await showNumber(alice, bob), await showNumber(bob, alice)];
  expect(byBob).toMatchObject({ digits: byAlice.digits, words: byAlice.words });
  expect(byAlice.digits).toMatch(/^\d{5}( \d{5}){11}$/);
  expect(byAlice.words.split(' ')).toHaveLength(20);
  expect(await scan(alice, bob, byAlice.qr)).toBe('safety-qr/own');
  await verifyEachOther();
  for (const [person, peer] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    await reload(person);
    expect(await meet(person, peer)).toEqual({ isVerified: true, changes: [], written: 'encrypted' });
  }
});

it('somebody in between from the beginning is found by comparing', async () => {
  await takeOver(bob);
  const [byAlice, byBob] = [await showNumber(alice, bob), await showNumber(bob, alice)];
  expect(byAlice.digits).not.toBe(byBob.digits);
  expect(byAlice.words).not.toBe(byBob.words);
  expect(await scan(alice, bob, byBob.qr)).toBe('safety-qr/mismatch');
  expect(await meet(alice, bob)).toMatchObject({ isVerified: false });
});

it('a key that is replaced after they have compared is seen, verified no more, and not encrypted for', async () => {
  await verifyEachOther();
  await takeOver(bob);
  const refused = { isVerified: false, written: 'users/key-not-accepted' };
  const change = { identity: bob.identity, kind: 'replaced', wasVerified: true };
  expect(await meet(alice, bob)).toEqual({ ...refused, changes: [change] });
  await reload(alice);
  expect(await meet(alice, bob)).toEqual({ ...refused, changes: [] });
  expect(await scan(alice, bob, (await showNumber(bob, alice)).qr)).toBe('safety-qr/mismatch');
});

it('a key that the verified one has endorsed is verified, too, and the former one is not when it is brought back', async () => {
  await verifyEachOther();
  const [former] = await bob.tab.page.evaluate(async () =>
    (await user.cardManager.searchCards(user.identity)).map(({ raw }) => raw),
  );
  await bob.tab.page.evaluate(() => user.replacePrivateKey());
  const rotated = { identity: bob.identity, kind: 'rotated', wasVerified: true };
  expect(await meet(alice, bob)).toEqual({ isVerified: true, changes: [rotated], written: 'encrypted' });

  serveOnly(former!);
  const rolledBack = { identity: bob.identity, kind: 'replaced', wasVerified: true };
  const answer = await meet(alice, bob);
  expect(answer).toEqual({ isVerified: false, changes: [rolledBack], written: 'users/key-not-accepted' });
});
