/** The official client for browsers in one page with ours: keys and messages. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitForGlobal } from './kit/stage.ts';
import { type Client, type OfficialClient, type OfficialPage, openOfficialPage } from './official-page.ts';

declare global {
  var olga: OfficialClient;
  var ours: Client;
}

let opened: OfficialPage;

beforeAll(async () => {
  opened = await openOfficialPage();
  await opened.tab.page.evaluate(async (addresses) => {
    const { apiUrl } = addresses;
    const getToken = () => fetchToken('olga', addresses.backendUrl);
    globalThis.olga = await E3kit.EThree.initialize(getToken, { apiUrl });
    globalThis.ours = (await openDevice({ ...addresses, identity: 'ours' })) as unknown as Client;
  }, opened.stage.addresses);
});
afterAll(() => opened.stage.close());
afterEach(() => {
  // It warns of each old call by itself.
  expect(opened.tab.complaints.filter((text) => !text.startsWith('Warning! '))).toEqual([]);
});

describe('the official client in Chromium', () => {
  it('registers over our service, as ours does beside it', async () => {
    const haveKeys = await opened.tab.page.evaluate(async () => {
      await olga.register();
      await ours.register();
      return [await olga.hasLocalPrivateKey(), await ours.hasLocalPrivateKey()];
    });
    expect(haveKeys).toEqual([true, true]);
  });

  it('finds the cards that ours finds', async () => {
    const [seenByOfficial, seenByOurs] = await opened.tab.page.evaluate(async () => {
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
    const texts = await opened.tab.page.evaluate(async ({ writer, reader }) => {
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
    const message = await opened.tab.page.evaluate(async () =>
      ours.authEncrypt('still there?', await ours.findUsers('olga')),
    );
    await opened.tab.page.reload();
    await waitForGlobal(opened.tab, 'openDevice');
    const outcome = await opened.tab.page.evaluate(
      async ({ text, apiUrl, backendUrl }) => {
        const client = await E3kit.EThree.initialize(() => fetchToken('olga', backendUrl), { apiUrl });
        const read = await client.authDecrypt(text, await client.findUsers('ours'));
        await client.cleanup();
        return { read, hasKey: await client.hasLocalPrivateKey() };
      },
      { ...opened.stage.addresses, text: message },
    );
    expect(outcome).toEqual({ read: 'still there?', hasKey: false });
  });
});
