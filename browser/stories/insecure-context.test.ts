/** A page that came by plain HTTP from elsewhere than localhost: browsers give it no Web Crypto. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

let stage: Stage;
let tab: Tab;

beforeAll(async () => {
  stage = await openStage({ hostNames: ['intranet.test'] });
  const url = (await stage.serve('client')).replace('localhost', 'intranet.test');
  tab = await openTab(await stage.browser.newContext(), url);
  await waitForGlobal(tab, 'openDevice');
});
afterAll(() => stage.close());

describe('a page without HTTPS', () => {
  it('is told that this is what it lacks', async () => {
    const outcome = await tab.page.evaluate(async (addresses) => {
      const code = await openDevice({ ...addresses, identity: 'alice' })
        .then((alice) => alice.register())
        .catch((error: { code: string }) => error.code);
      return { code, isSecureContext, hasWebCrypto: crypto.subtle !== undefined };
    }, stage.addresses);
    expect(outcome).toEqual({ code: 'platform/insecure-context', isSecureContext: false, hasWebCrypto: false });
  });

  it('can exchange messages all the same, if it brings stores of its own', async () => {
    const text = await tab.page.evaluate(async (addresses) => {
      const { createMemoryCardCache, createMemoryKeyStore } = kit;
      const open = async (identity: string) => {
        const stores = { keyStore: createMemoryKeyStore(), cardCache: createMemoryCardCache() };
        const device = await openDevice({ ...addresses, ...stores, identity });
        await device.register();
        return device;
      };
      const [bob, carol] = [await open('bob'), await open('carol')];
      const message = await bob.authEncrypt('hello', await bob.findUsers('carol'));
      return carol.authDecrypt(message, await carol.findUsers('bob'));
    }, stage.addresses);
    expect(text).toBe('hello');
    expect(tab.complaints).toEqual([]);
  });
});
