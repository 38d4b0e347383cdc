/** A tab that dies while it changes the passphrase of its key store, at each step that it takes in the database. */
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import type * as Storage from '@sotto/e3kit/browser';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { bundleApp } from './kit/bundle.js';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

declare global {
  var storage: typeof Storage;
}

let stage: Stage;
let url: string;
let context: BrowserContext;

beforeAll(async () => {
  stage = await openStage();
  const { folder } = await bundleApp(join(inject('project').folder, 'passphrase'));
  url = `${await stage.servePages({ folders: { '/': folder }, connectTo: [] })}/`;
  context = await stage.browser.newContext();
});
afterAll(() => stage.close());

async function openPage(): Promise<Tab> {
  const tab = await openTab(context, url);
  await waitForGlobal(tab, 'storage');
  return tab;
}

/** The page comes to a halt before step `at`, counted from 0, of what it does in databases, and says which. */
function haltAt(at: number): void {
  let steps = 0;
  const step = (name: string): void => {
    if (steps++ !== at) return;
    console.log(name);
    for (;;);
  };
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args) {
    step('put');
    return put.apply(this, args);
  };
  const beforeEvent = (prototype: object, name: string): void => {
    const { set } = Object.getOwnPropertyDescriptor(prototype, name)!;
    const listen = function (this: unknown, listener: (event: unknown) => void): void {
      set!.call(this, (event: unknown) => {
        step(name);
        listener(event);
      });
    };
    Object.defineProperty(prototype, name, { set: listen });
  };
  beforeEvent(IDBRequest.prototype, 'onsuccess');
  beforeEvent(IDBTransaction.prototype, 'oncomplete');
}

/** Changes the passphrase in a tab that is closed at that step. Gives back its name, or undefined if the change ends before it. */
async function changeKilledAt(at: number, passphrases: readonly string[]): Promise<string | undefined> {
  const { page } = await openPage();
  await page.evaluate(haltAt, at);
  const halted = page.waitForEvent('console').then((message) => message.text());
  const changed = page.evaluate(async ([passphrase, newPassphrase]) => {
    await storage.changeIndexedDbPassphrase({ name: 'store', passphrase: passphrase!, newPassphrase: newPassphrase! });
  }, passphrases);
  halted.catch(() => {});
  changed.catch(() => {});
  const step = await Promise.race([halted, changed.then(() => undefined)]);
  // It answers nobody, so that the browser ends its process.
  await page.close();
  return step;
}

/** What the store has under `alice`, or the code of the error. */
async function load(passphrase: string): Promise<unknown> {
  const { page } = await openPage();
  const found = await page.evaluate(async (given) => {
    const store = storage.createIndexedDbKeyStore({ name: 'store', key: { kind: 'passphrase', passphrase: given } });
    return store.load('alice').then(
      (entry) => entry && [...entry.value],
      (error: { code?: string }) => error.code ?? String(error),
    );
  }, passphrase);
  await page.close();
  return found;
}

it('opens with the former passphrase or with the new one, and has lost no key', { timeout: 180_000 }, async () => {
  const { page } = await openPage();
  await page.evaluate(async () => {
    const key = { kind: 'passphrase', passphrase: 'former' } as const;
    await storage.createIndexedDbKeyStore({ name: 'store', key }).save('alice', Uint8Array.of(1, 2, 3));
  });
  await page.close();

  let passphrases = ['former', 'new'];
  const steps: string[] = [];
  for (let step; (step = await changeKilledAt(steps.length, passphrases)) !== undefined; ) {
    const found = await load(passphrases[0]!);
    const isChanged = found === 'storage/wrong-key';
    expect(isChanged ? await load(passphrases[1]!) : found).toEqual([1, 2, 3]);
    if (isChanged) passphrases = passphrases.toReversed();
    steps.push(`${step}: ${isChanged ? 'new' : 'former'}`);
  }
  expect(steps.slice(-3)).toEqual(['put: former', 'onsuccess: former', 'oncomplete: new']);
  expect(new Set(steps.slice(0, -3))).toEqual(new Set(['onsuccess: former', 'oncomplete: former']));
});
