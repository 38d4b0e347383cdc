/** Several tabs of one user, which share what the browser keeps for their origin. */
import type { BrowserContext } from 'playwright';
import type { Card, EThree } from '@sotto/e3kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

declare global {
  var device: EThree;
}

let stage: Stage;
let url: string;
let context: BrowserContext;
let tabs: Tab[];
let users = 0;
let identity: string;

beforeAll(async () => {
  stage = await openStage();
  url = await stage.serve('client');
});
afterAll(() => stage.close());

beforeEach(async () => {
  identity = `user ${users++}`;
  context = await stage.browser.newContext();
  tabs = await Promise.all(Array.from({ length: 5 }, () => openTab(context, url)));
  await Promise.all(tabs.map((tab) => waitForGlobal(tab, 'openDevice')));
});
afterEach(async () => {
  // A refusal by the service, which is logged by the browser, is what these stories are about.
  const complaints = tabs.flatMap((tab) => tab.complaints);
  expect(complaints.filter((text) => !text.startsWith('Failed to load resource: the server responded'))).toEqual([]);
  await context.close();
});

/** Opens the client in a tab, as the user of this test. */
function openIn({ page }: Tab): Promise<void> {
  return page.evaluate(
    async (options) => {
      globalThis.device = await openDevice(options);
    },
    { ...stage.addresses, identity },
  );
}

/** Calls `task` in all tabs at once. Gives back what came of each: its result, or the code of its error. */
function inAll<T>(task: () => Promise<T>): Promise<unknown[]> {
  const call = `(${String(task)})().catch((error) => error.code ?? String(error))`;
  return Promise.all(tabs.map(({ page }) => page.evaluate<unknown>(call)));
}

const encryptForMyself = async () => device.authDecrypt(await device.authEncrypt('to myself'));

/** Registers in the first tab, then opens the client in the others, which find the key. */
async function openAllRegistered(): Promise<void> {
  const [first, ...others] = tabs as [Tab, ...Tab[]];
  await openIn(first);
  await first.page.evaluate(() => device.register());
  await Promise.all(others.map(openIn));
}

/** Rejects unless the user has one card, and no more. */
async function findCard(): Promise<Card> {
  const reader = await stage.world.createClient(`reader of ${identity}`);
  return reader.findUsers(identity);
}

describe('five tabs', () => {
  it('that initialize and register at once have one card and its key in all of them', async () => {
    const outcomes = await Promise.all(
      tabs.map(async (tab) => {
        await openIn(tab);
        return tab.page.evaluate(() =>
          device.register().then(
            () => 'registered',
            (error: { code: string }) => error.code,
          ),
        );
      }),
    );
    expect(outcomes.sort()).toEqual([...Array<string>(4).fill('register/already-registered'), 'registered']);
    expect(await findCard()).toMatchObject({ identity, isOutdated: false });
    expect(await inAll(() => device.hasLocalPrivateKey())).toEqual(Array(5).fill(true));

    const messages = await inAll(async () => device.authEncrypt('to myself', await device.findUsers(device.identity)));
    for (const { page } of tabs) {
      const read = page.evaluate(
        async (texts) => Promise.all(texts.map((text) => device.authDecrypt(text as string))),
        messages,
      );
      expect(await read).toEqual(Array(5).fill('to myself'));
    }
  });

  it('that were open before one of them registered all encrypt and decrypt with its key', async () => {
    await Promise.all(tabs.map(openIn));
    await tabs[0]!.page.evaluate(() => device.register());
    await expect.poll(() => inAll(encryptForMyself), { timeout: 5000 }).toEqual(Array(5).fill('to myself'));
  });

  it('of which one signs out forget the key, whatever they have in memory', async () => {
    await openAllRegistered();
    expect(await inAll(encryptForMyself)).toEqual(Array(5).fill('to myself'));
    await tabs[0]!.page.evaluate(() => device.cleanup());
    await expect.poll(() => inAll(encryptForMyself), { timeout: 5000 }).toEqual(Array(5).fill('key/missing'));
  });

  it('of which two sign out while the others look up and encrypt have no key in the end, and say so', async () => {
    await openAllRegistered();
    const outcomes = await Promise.all(
      tabs.map(({ page }, index) =>
        page.evaluate(async (signsOut) => {
          try {
            for (let round = 0; round < 5; round++) {
              const self = await device.findUsers(device.identity);
              const message = await device.authEncrypt('to myself', self);
              if ((await device.authDecrypt(message, self)) !== 'to myself') return 'another text';
              if (signsOut) await device.cleanup();
            }
            return 'done';
          } catch (error) {
            return (error as { code?: string }).code ?? String(error);
          }
        }, index < 2),
      ),
    );
    expect(outcomes.filter((outcome) => outcome !== 'done' && outcome !== 'key/missing')).toEqual([]);
    expect(await inAll(() => device.hasLocalPrivateKey())).toEqual(Array(5).fill(false));
    expect(await inAll(encryptForMyself)).toEqual(Array(5).fill('key/missing'));
    expect(await findCard()).toMatchObject({ identity, isOutdated: false });
  });

  it('that register, look up and sign out at once end in one valid state', async () => {
    await Promise.all(tabs.map(openIn));
    await inAll(async () => {
      await device.register().catch(() => {});
      await device.findUsers(device.identity).catch(() => {});
      await device.cleanup();
    });
    expect(await inAll(() => device.hasLocalPrivateKey())).toEqual(Array(5).fill(false));
    expect(await inAll(async () => (await device.keyStore.list()).length)).toEqual(Array(5).fill(0));
    // The card stays when a device signs out, and without its key nobody registers over it.
    expect(await findCard()).toMatchObject({ identity, isOutdated: false });
    expect(await inAll(() => device.register())).toEqual(Array(5).fill('register/already-registered'));
  });
});

describe('a tab that dies while it registers', () => {
  it.each([
    ['closed', ({ page }: Tab) => page.close()],
    ['crashed', crash],
  ])('does not block the others: %s', async (_, die) => {
    const [dying, other] = tabs as [Tab, Tab, ...Tab[]];
    await Promise.all([openIn(dying), openIn(other)]);
    await dying.page.evaluate(async () => {
      // The request with its card is never sent, so that it holds the lock until it dies.
      const isHeld = new Promise<void>((resolve) => {
        const { fetch } = globalThis;
        globalThis.fetch = (input, init) => {
          if (init?.method !== 'POST' || !String(input).endsWith('/card/v5')) return fetch(input, init);
          resolve();
          return new Promise(() => {});
        };
      });
      void device.register();
      await isHeld;
    });
    const registered = other.page.evaluate(() => device.register());
    await other.page.waitForFunction(async () => (await navigator.locks.query()).pending?.length === 1);

    await die(dying);

    await registered;
    expect(await other.page.evaluate(() => device.hasLocalPrivateKey())).toBe(true);
    expect(await findCard()).toMatchObject({ identity, isOutdated: false });
  });
});

async function crash({ page }: Tab): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // It has nobody left who could answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
}
