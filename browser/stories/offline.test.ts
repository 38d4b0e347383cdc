/** The service goes away and comes back while a page is open. */
import { generateKeyPair, issueCard, type KeyPair, SIGNER, signCard } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { EThree } from '@sotto/e3kit';
import { type EvilProxy, startEvilProxy } from '@sotto/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

declare global {
  var alice: EThree;
  /** What alice's client told of changed keys. */
  var changes: string[];
}

let stage: Stage;
/** Stands between the page and the service. */
let proxy: EvilProxy;
let tab: Tab;
let bob: EThree;
let oldMessage: string;

const cutService = async () => {
  proxy.meddle = () => 'cut';
};
const restore = async () => {
  proxy.meddle = undefined;
  await tab.page.context().setOffline(false);
};

beforeAll(async () => {
  stage = await openStage({
    standBefore: async (serviceUrl) => {
      proxy = await startEvilProxy(serviceUrl);
      return proxy;
    },
  });
  bob = await stage.world.createClient('bob');
  await bob.register();
  tab = await openTab(await stage.browser.newContext(), await stage.serve('client'));
  await openAlice();
  await tab.page.evaluate(async () => {
    await alice.register();
    await alice.findUsers('bob');
  });
  oldMessage = await bob.authEncrypt('from before', await bob.findUsers('alice'));
});
afterAll(() => stage.close());
afterEach(restore);

async function openAlice(): Promise<void> {
  await waitForGlobal(tab, 'openDevice');
  await tab.page.evaluate(async (addresses) => {
    globalThis.changes = [];
    globalThis.alice = await openDevice({
      ...addresses,
      identity: 'alice',
      onKeyChanged: ({ identity, kind }) => changes.push(`${identity} ${kind}`),
    });
  }, stage.addresses);
}

/** What bob reads of what alice writes for him now. */
async function writeToBob(): Promise<string> {
  const message = await tab.page.evaluate(async () => alice.authEncrypt('hello bob', await alice.findUsers('bob')));
  return bob.authDecrypt(message, await bob.findUsers('alice'));
}

function readOldMessage(): Promise<string> {
  return tab.page.evaluate(async (message) => alice.authDecrypt(message, await alice.findUsers('bob')), oldMessage);
}

describe.each([
  ['the service is gone', cutService],
  ['the device has no network', () => tab.page.context().setOffline(true)],
])('while %s', (_, goOffline) => {
  it('alice writes to bob, whom she knows', async () => {
    await goOffline();
    expect(await writeToBob()).toBe('hello bob');
  });

  it('alice reads what bob wrote before', async () => {
    await goOffline();
    expect(await readOldMessage()).toBe('from before');
  });

  it('alice is told by a code that a user whom she does not know cannot be looked up', async () => {
    await goOffline();
    const code = await tab.page.evaluate(() =>
      alice.findUsers(['bob', 'carol']).then(
        () => 'found',
        (error: { code: string }) => error.code,
      ),
    );
    expect(code).toBe('transport/unreachable');
  });
});

describe('while the service is gone', () => {
  it('alice loads the page anew, and still reads, writes and knows bob', async () => {
    await cutService();
    await tab.page.reload();
    await openAlice();
    expect(await readOldMessage()).toBe('from before');
    expect(await writeToBob()).toBe('hello bob');
  });
});

describe('once the service is back', () => {
  it('alice finds users whom she could not look up before', async () => {
    await (await stage.world.createClient('carol')).register();
    expect(await tab.page.evaluate(async () => (await alice.findUsers('carol')).identity)).toBe('carol');
  });

  it.each([
    ['by its former key', 'rotated'],
    ['by nobody', 'replaced'],
  ])('alice notices that a card was replaced, the new one vouched for %s', async (_, kind) => {
    const identity = `dave, ${kind}`;
    const former = await generateKeyPair(nodeProvider);
    await (await stage.world.createClient(identity)).register(former);
    const find = () => tab.page.evaluate(async (name) => (await alice.findUsers(name)).id, identity);
    const formerId = await find();

    await cutService();
    const currentId = await replaceCard(identity, formerId, kind === 'rotated' ? former : undefined);
    expect(await find()).toBe(formerId);
    expect(await tab.page.evaluate(() => changes)).not.toContain(`${identity} ${kind}`);

    await restore();
    expect(await find()).toBe(currentId);
    expect(await tab.page.evaluate(() => changes)).toContain(`${identity} ${kind}`);
  });

  it('nothing but the lost requests was complained of', () => {
    expect(tab.complaints.filter((text) => !text.startsWith('Failed to load resource: net::'))).toEqual([]);
  });
});

/** Publishes a card for a new key in place of the former one. Gives back its id. */
async function replaceCard(identity: string, previousCardId: string, voucher: KeyPair | undefined): Promise<string> {
  const { privateKey } = await generateKeyPair(nodeProvider);
  const createdAt = Math.floor(Date.now() / 1000);
  const issued = await issueCard(nodeProvider, { identity, privateKey, createdAt, previousCardId });
  const card = voucher
    ? await signCard(nodeProvider, issued, { signer: SIGNER.previous, privateKey: voucher.privateKey })
    : issued;
  const response = await fetch(`${stage.world.service.url}/card/v5`, {
    method: 'POST',
    headers: { authorization: `Virgil ${await stage.world.app.issuer.issue(identity)}` },
    body: JSON.stringify(card),
  });
  expect(response.ok).toBe(true);
  return (await bob.findUsers(identity)).id;
}
