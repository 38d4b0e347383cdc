/** The page of `sotto dev --demo`: what somebody sees who runs `npm start` and opens it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import axe from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions } from '../../tools/chromium.js';
import { openTab } from './kit/stage.ts';

const SOTTO = join(import.meta.dirname, '../../packages/cli/bin/sotto.js');

let dataDir: string;
let dev: ChildProcess;
let url: string;
let browser: Browser;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sotto-demo-page-'));
  const args = [SOTTO, 'dev', '--demo', '--data', dataDir, '--port', '0', '--backend-port', '0'];
  dev = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  url = await findPageUrl(dev);
  browser = await chromium.launch(launchOptions());
});
afterAll(async () => {
  await browser.close();
  const ended = once(dev, 'exit');
  dev.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await rm(dataDir, { recursive: true, force: true });
});

/** The address that `sotto dev` prints beside the word `page`. */
async function findPageUrl({ stdout }: ChildProcess): Promise<string> {
  const lines = createInterface({ input: stdout! });
  for await (const line of lines) {
    const found = /^page +(\S+)/.exec(line)?.[1];
    // What follows is read by nobody, and must not fill the pipe.
    if (found) {
      stdout!.resume();
      return found;
    }
  }
  throw new Error('sotto dev ended without naming its page');
}

const pane = (page: Page, name: 'alice' | 'bob'): Locator => page.locator(`#${name}`);

/** Waits until both users have their keys. */
async function untilReady(page: Page, status: string): Promise<void> {
  for (const name of ['alice', 'bob'] as const) await pane(page, name).getByText(status).waitFor();
}

async function openDemo(colorScheme: 'light' | 'dark' = 'light', width = 1280) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const tab = await openTab(context, url);
  await untilReady(tab.page, 'new key, made in this browser');
  return tab;
}

/** What axe-core finds, by rule. Evaluated, since the page's policy lets no other script in. */
async function findAccessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe('on the demo page', () => {
  it('alice writes to bob, bob to alice, and both know who wrote', async () => {
    const { page, complaints } = await openDemo();
    await page.getByLabel('Write to Bob').fill('Hello Bob');
    await page.getByLabel('Write to Bob').press('Enter');
    await pane(page, 'bob').getByText('verified: Alice signed this').waitFor();
    expect(await pane(page, 'bob').textContent()).toContain('Hello Bob');
    await page.getByLabel('Write to Alice').fill('Hi Alice');
    await pane(page, 'bob').getByRole('button', { name: 'Send', exact: true }).click();
    await pane(page, 'alice').getByText('verified: Bob signed this').waitFor();
    expect(await page.locator('#seen-log').textContent()).not.toContain('Hello Bob');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('a message that was changed on the way is refused, and nothing of it is shown', async () => {
    const { page, complaints } = await openDemo();
    await page.getByLabel('Write to Bob').fill('This one will not survive');
    await pane(page, 'alice').getByRole('button', { name: 'Send and tamper with it' }).click();
    await pane(page, 'bob').getByText('envelope/undecryptable').waitFor();
    expect(await pane(page, 'bob').textContent()).not.toContain('This one will not survive');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('the keys outlast a reload', async () => {
    const { page } = await openDemo();
    const identities = () =>
      page
        .locator('#alice, #bob')
        .getByText(/^(alice|bob)-[0-9a-z]{6}$/)
        .allTextContents();
    const before = await identities();
    await page.reload();
    await untilReady(page, 'key from this browser');
    expect(await identities()).toEqual(before);
    expect(before).toHaveLength(2);
    await page.context().close();
  });

  it.each([
    ['light', 1600],
    ['dark', 1000],
    ['light', 360],
    ['dark', 360],
  ] as const)(
    'everybody can use it, and nothing sticks out sideways: %s, %i pixels wide',
    async (colorScheme, width) => {
      const { page, complaints } = await openDemo(colorScheme, width);
      await page.getByLabel('Write to Bob').fill('Hello Bob');
      await page.getByLabel('Write to Bob').press('Enter');
      await pane(page, 'bob').getByText('verified: Alice signed this').waitFor();
      expect(await findAccessibilityFaults(page)).toEqual([]);
      const [needed, given] = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return [scrollWidth, clientWidth];
      });
      expect(needed).toBe(given);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );
});
