/** The official client for browsers, unmodified, in one page with ours, both over our service and the sample backend. */
import type { EThree } from '@sotto/e3kit';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { bundleScript } from './kit/bundle.js';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

/** What both clients can do, and how the article's code calls it. */
interface Client extends Pick<EThree, 'register' | 'hasLocalPrivateKey' | 'cleanup'> {
  findUsers(identity: string): Promise<Card>;
  lookupPublicKeys(identity: string): Promise<Key>;
  authEncrypt(text: string, reader?: Card): Promise<string>;
  authDecrypt(text: string, sender?: Card): Promise<string>;
  encrypt(text: string, reader?: Key): Promise<string>;
  decrypt(text: string, sender?: Key): Promise<string>;
}
type Card = { readonly id: string };
type Key = object;

declare global {
  /** Global of the official client's UMD build. */
  var E3kit: { EThree: { initialize(getToken: () => Promise<string>, options: object): Promise<Client> } };
  var olga: Client;
  var ours: Client;
}

const installation = join(import.meta.dirname, '../official-e3kit-browser');

let stage: Stage;
let tab: Tab;

beforeAll(async () => {
  stage = await openStage();
  const { folder, importMap } = inject('project');
  await bundleScript({ entry: join(installation, 'polyfills.js'), folder: join(folder, 'official') });
  const url = await stage.servePages({
    folders: {
      '/official/': join(installation, 'node_modules/@virgilsecurity/e3kit-browser/dist'),
      '/client/': join(folder, 'client'),
      '/node_modules/': join(folder, 'node_modules'),
      '/': join(folder, 'official'),
    },
    importMap,
    // It fetches and compiles WebAssembly. Ours does without.
    connectTo: ["'self'"],
    scripts: ["'wasm-unsafe-eval'"],
  });
  tab = await openTab(await stage.browser.newContext(), `${url}/`);
  await waitForGlobal(tab, 'openDevice');
  await tab.page.evaluate(async (addresses) => {
    const { apiUrl } = addresses;
    const getToken = () => fetchToken('olga', addresses.backendUrl);
    globalThis.olga = await E3kit.EThree.initialize(getToken, { apiUrl });
    globalThis.ours = (await openDevice({ ...addresses, identity: 'ours' })) as unknown as Client;
  }, stage.addresses);
});
afterAll(() => stage.close());
afterEach(() => {
  // It warns of each old call by itself.
  expect(tab.complaints.filter((text) => !text.startsWith('Warning! '))).toEqual([]);
});

describe('the official client in Chromium', () => {
  it('registers over our service, as ours does beside it', async () => {
    const haveKeys = await tab.page.evaluate(async () => {
      await olga.register();
      await ours.register();
      return [await olga.hasLocalPrivateKey(), await ours.hasLocalPrivateKey()];
    });
    expect(haveKeys).toEqual([true, true]);
  });

  it('finds the cards that ours finds', async () => {
    const [seenByOfficial, seenByOurs] = await tab.page.evaluate(async () => {
      const idsSeenBy = async (client: Client) => [
        (await client.findUsers('olga')).id,
        (await client.findUsers('ours')).id,
      ];
      return [await idsSeenBy(olga), await idsSeenBy(ours)];
    });
    expect(seenByOfficial).toEqual(seenByOurs);
  });

  it.each([
    ['is read by ours', { writer: 'olga', reader: 'ours' }],
    ['reads what ours writes', { writer: 'ours', reader: 'olga' }],
  ] as const)('%s, in the newer and in the older way', async (_, names) => {
    const texts = await tab.page.evaluate(async ({ writer, reader }) => {
      const [from, to] = [globalThis[writer], globalThis[reader]];
      const newer = await from.authEncrypt('grüße', await from.findUsers(reader));
      const older = await from.encrypt('hello', await from.lookupPublicKeys(reader));
      return [
        await to.authDecrypt(newer, await to.findUsers(writer)),
        await to.decrypt(older, await to.lookupPublicKeys(writer)),
      ];
    }, names);
    expect(texts).toEqual(['grüße', 'hello']);
  });

  it('goes on with its key after the page was loaded anew, and leaves when it is told to', async () => {
    const message = await tab.page.evaluate(async () => ours.authEncrypt('still there?', await ours.findUsers('olga')));
    await tab.page.reload();
    await waitForGlobal(tab, 'openDevice');
    const outcome = await tab.page.evaluate(
      async ({ text, apiUrl, backendUrl }) => {
        const client = await E3kit.EThree.initialize(() => fetchToken('olga', backendUrl), { apiUrl });
        const read = await client.authDecrypt(text, await client.findUsers('ours'));
        await client.cleanup();
        return { read, hasKey: await client.hasLocalPrivateKey() };
      },
      { ...stage.addresses, text: message },
    );
    expect(outcome).toEqual({ read: 'still there?', hasKey: false });
  });
});
