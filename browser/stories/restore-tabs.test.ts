/** Several tabs of one user that bring or change keys at once: the key store, the card and the backup end in one valid state. */
import type { BrowserContext } from 'playwright';
import type { EThree } from '@sotto/e3kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

declare global {
  var device: EThree;
}

const PASSWORD = 'correct horse';
const TABS = 4;

let stage: Stage;
let url: string;
let context: BrowserContext;
let tabs: Tab[];
let users = 0;
let identity: string;
/** The user's laptop, whose key is in the backup. */
let laptop: EThree;
let peer: EThree;
/** What the user can read on the laptop, by who wrote it. */
let oldMessages: { readonly own: string; readonly peers: string };

beforeAll(async () => {
  stage = await openStage();
  url = await stage.serve('client');
});
afterAll(() => stage.close());

beforeEach(async () => {
  identity = `user ${users++}`;
  laptop = await stage.world.createClient(identity);
  peer = await stage.world.createClient(`peer of ${identity}`);
  await Promise.all([laptop.register(), peer.register()]);
  await laptop.backupPrivateKey(PASSWORD);
  oldMessages = {
    own: await laptop.authEncrypt('old', await laptop.findUsers(peer.identity)),
    peers: await peer.authEncrypt('old', await peer.findUsers(identity)),
  };
  context = await stage.browser.newContext();
  tabs = await Promise.all(Array.from({ length: TABS }, () => openTab(context, url)));
  await Promise.all(
    tabs.map(async (tab) => {
      await waitForGlobal(tab, 'openDevice');
      await tab.page.evaluate(
        async (options) => {
          globalThis.device = await openDevice(options);
        },
        { ...stage.addresses, identity },
      );
    }),
  );
});
afterEach(async () => {
  // A refusal by the service, which is logged by the browser, is what these stories are about.
  const complaints = tabs.flatMap((tab) => tab.complaints);
  expect(complaints.filter((text) => !text.startsWith('Failed to load resource: the server responded'))).toEqual([]);
  await context.close();
});

type Call = 'restore' | 'rotate' | 'replace';

/** What comes of each tab's call, all of them made at once: its result, or the code of its error. */
function callAtOnce(calls: readonly Call[]): Promise<string[]> {
  return Promise.all(
    calls.map((call, index) =>
      tabs[index]!.page.evaluate(
        async ([name, password]) => {
          const methods = {
            restore: () => device.restorePrivateKey(password),
            rotate: () => device.rotatePrivateKey(),
            replace: () => device.replacePrivateKey({ password }),
          };
          return methods[name]().then(
            (outcome) => outcome ?? 'done',
            (error: { code?: string }) => error.code ?? String(error),
          );
        },
        [call, PASSWORD] as const,
      ),
    ),
  );
}

/** That each tab reads old messages and new ones, and that what each writes is read by others, who find one card. */
async function expectReadableInAll(): Promise<void> {
  const card = await peer.findUsers(identity);
  const fresh = await peer.authEncrypt('new', card);
  for (const { page } of tabs) {
    const { read, written } = await page.evaluate(
      async ([from, { own, peers }, message]) => {
        const sender = await device.findUsers(from);
        const texts = [
          await device.authDecrypt(own),
          await device.authDecrypt(peers, sender),
          await device.authDecrypt(message, sender),
        ];
        return { read: texts, written: await device.authEncrypt('by this tab', sender) };
      },
      [peer.identity, oldMessages, fresh] as const,
    );
    expect(read).toEqual(['old', 'old', 'new']);
    expect(await peer.authDecrypt(written, card)).toBe('by this tab');
  }
}

describe('tabs of a new device', () => {
  it('that all restore the backup have its key, and one of them has brought it', async () => {
    const outcomes = await callAtOnce(Array<Call>(TABS).fill('restore'));
    expect(outcomes.sort()).toEqual([...Array<string>(TABS - 1).fill('already-done'), 'done']);
    await expectReadableInAll();
  });

  it('that all rotate have one new key, and read old messages once the backup was opened', async () => {
    const outcomes = await callAtOnce(Array<Call>(TABS).fill('rotate'));
    expect(outcomes.sort()).toEqual(['done', ...Array<string>(TABS - 1).fill('key/exists')]);
    expect(await callAtOnce(['restore'])).toEqual(['key/exists']);
    await expectReadableInAll();
  });

  it('of which some restore while others rotate have one key in the end, and read what was written for either', async () => {
    const outcomes = await callAtOnce(['restore', 'rotate', 'restore', 'rotate']);
    // Whoever was first decides: with the key of the backup nobody rotates, with a new one nobody restores it as the current one.
    const ends = [
      ['already-done', 'done', 'key/exists', 'key/exists'],
      ['done', 'key/exists', 'key/exists', 'key/exists'],
    ];
    expect(ends).toContainEqual(outcomes.sort());
    await expectReadableInAll();
  });
});

describe('tabs that have the key', () => {
  it('and all replace it, have the last of their keys, in the backup as well', async () => {
    await callAtOnce(['restore']);
    expect(await callAtOnce(Array<Call>(TABS).fill('replace'))).toEqual(Array(TABS).fill('done'));
    await expectReadableInAll();
    const phone = await stage.world.createClient(identity);
    expect(await phone.restorePrivateKey(PASSWORD)).toBe('done');
    expect(await phone.authDecrypt(oldMessages.own)).toBe('old');
    expect(
      await phone.authDecrypt(
        await peer.authEncrypt('new', await peer.findUsers(identity)),
        await phone.findUsers(peer.identity),
      ),
    ).toBe('new');
  });

  it('and restore while others replace it, have the newest key', async () => {
    await callAtOnce(['restore']);
    const outcomes = await callAtOnce(['replace', 'restore', 'replace', 'restore']);
    expect(outcomes[0]).toBe('done');
    expect(outcomes[2]).toBe('done');
    await expectReadableInAll();
  });

  it('finish the replacement in which one of them died', async () => {
    await callAtOnce(['restore']);
    const [dying] = tabs as [Tab, ...Tab[]];
    await dying.page.evaluate(async (password) => {
      // Its card is published, and the answer never arrives.
      const isPublished = new Promise<void>((resolve) => {
        const { fetch } = globalThis;
        globalThis.fetch = async (input, init) => {
          const answer = await fetch(input, init);
          if (init?.method !== 'POST' || !String(input).endsWith('/card/v5')) return answer;
          resolve();
          return new Promise(() => {});
        };
      });
      void device.replacePrivateKey({ password });
      await isPublished;
    }, PASSWORD);
    await dying.page.close();
    tabs = tabs.slice(1);
    expect(await callAtOnce(['replace'])).toEqual(['done']);
    await expectReadableInAll();
  });
});
