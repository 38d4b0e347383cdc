/** An app that switches from the official client for browsers to ours, on the same page: its users keep their keys. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitForGlobal } from './kit/stage.ts';
import { type Client, type OfficialClient, type OfficialPage, openOfficialPage } from './official-page.ts';

/** What of IndexedDB is used here; `lib.dom` is not among our types. */
interface Page {
  readonly indexedDB: {
    open(name: string): IdbRequest<Database>;
    databases(): Promise<{ readonly name: string; readonly version: number }[]>;
  };
}
interface Database {
  readonly objectStoreNames: Iterable<string>;
  transaction(
    store: string,
    mode: 'readwrite',
  ): { objectStore(name: string): Record<string, (...args: unknown[]) => IdbRequest> };
  close(): void;
}
interface IdbRequest<T = unknown> {
  readonly result: T;
  readonly error: Error;
  onsuccess: () => void;
  onerror: () => void;
}

declare global {
  var openOfficial: (identity: string, options?: object) => Promise<OfficialClient>;
  var openOurs: (identity: string) => Promise<Client>;
  /** One request on the official client's entries. */
  var onEntries: (method: string, ...args: unknown[]) => Promise<unknown>;
}

let opened: OfficialPage;

async function prepare(): Promise<void> {
  await waitForGlobal(opened.tab, 'openDevice');
  await opened.tab.page.evaluate((addresses) => {
    const { apiUrl, backendUrl } = addresses;
    globalThis.openOfficial = (identity) => E3kit.EThree.initialize(() => fetchToken(identity, backendUrl), { apiUrl });
    globalThis.openOurs = async (identity) => (await openDevice({ ...addresses, identity })) as unknown as Client;
    const settle = <T>(request: IdbRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    globalThis.onEntries = async (method, ...args) => {
      const database = await settle((globalThis as unknown as Page).indexedDB.open('.virgil-local-storage'));
      const entries = database.transaction('keyvaluepairs', 'readwrite').objectStore('keyvaluepairs');
      const result = await settle(entries[method]!(...args));
      database.close();
      return result;
    };
  }, opened.stage.addresses);
}

beforeAll(async () => {
  opened = await openOfficialPage();
  await prepare();
});
afterAll(() => opened.stage.close());
afterEach(() => {
  // The official client warns of each old call by itself.
  expect(opened.tab.complaints.splice(0).filter((text) => !text.startsWith('Warning! '))).toEqual([]);
});

describe('what the official client leaves in a browser', () => {
  it('is text in clear, by identity, in a database by the bare storage name', async () => {
    const left = await opened.tab.page.evaluate(async () => {
      await (await openOfficial('nora')).register();
      const databases = await (globalThis as unknown as Page).indexedDB.databases();
      return {
        names: databases.map(({ name }) => name),
        keys: await onEntries('getAllKeys'),
        text: await onEntries('get', 'nora'),
      };
    });
    expect(left.names).toContain('.virgil-local-storage');
    expect(left.keys).toEqual(['nora']);
    expect(JSON.parse(left.text as string)).toEqual({
      name: 'nora',
      value: expect.stringMatching(/^MC4CAQAwBQYDK2VwBCIEI/) as string,
      creationDate: expect.any(String) as string,
      modificationDate: expect.any(String) as string,
    });
  });
});

describe('an app that switches to our client in a browser', () => {
  it('keeps its users: their keys open old messages and sign new ones', async () => {
    const texts = await opened.tab.page.evaluate(async () => {
      const official = await openOfficial('petra');
      await official.register();
      const friend = await openOurs('friend');
      await friend.register();
      const toUser = await friend.authEncrypt('to the user', await friend.findUsers('petra'));
      const note = await official.authEncrypt('a note');

      const ours = await openOurs('petra');

      const hasKey = await ours.hasLocalPrivateKey();
      const reply = await ours.authEncrypt('back', await ours.findUsers('friend'));
      return [
        hasKey,
        await ours.authDecrypt(toUser, await ours.findUsers('friend')),
        await ours.authDecrypt(note),
        await friend.authDecrypt(reply, await friend.findUsers('petra')),
        await official.authDecrypt(await ours.authEncrypt('beside it')),
      ];
    });
    expect(texts).toEqual([true, 'to the user', 'a note', 'back', 'beside it']);
  });

  it('has a key ring of its own from then on, also when the page was loaded anew', async () => {
    const note = await opened.tab.page.evaluate(async () => {
      await (await openOfficial('rita')).register();
      const text = await (await openOurs('rita')).authEncrypt('a note');
      await onEntries('delete', 'rita');
      return text;
    });
    await opened.tab.page.reload();
    await prepare();
    const text = await opened.tab.page.evaluate(async (message) => (await openOurs('rita')).authDecrypt(message), note);
    expect(text).toBe('a note');
  });

  it('leaves nothing of either after cleanup', async () => {
    const after = await opened.tab.page.evaluate(async () => {
      await (await openOfficial('sara')).register();
      await (await openOurs('sara')).cleanup();
      const left = await onEntries('get', 'sara');
      const haveKeys = [
        await (await openOfficial('sara')).hasLocalPrivateKey(),
        await (await openOurs('sara')).hasLocalPrivateKey(),
      ];
      return { left, haveKeys };
    });
    expect(after).toEqual({ left: undefined, haveKeys: [false, false] });
  });

  it('starts a user anew who is new there, beside the keys of others', async () => {
    const outcome = await opened.tab.page.evaluate(async () => {
      const client = await openOurs('tess');
      const before = await client.hasLocalPrivateKey();
      await client.register();
      return { before, after: await client.hasLocalPrivateKey(), keys: await onEntries('getAllKeys') };
    });
    expect(outcome).toMatchObject({ before: false, after: true });
    expect(outcome.keys).toContain('nora');
    expect(outcome.keys).not.toContain('tess');
  });

  it('does not take an entry that was cut short for no entry', async () => {
    const outcome = await opened.tab.page.evaluate(async () => {
      await (await openOfficial('uma')).register();
      const half = String(await onEntries('get', 'uma')).slice(0, 60);
      await onEntries('put', half, 'uma');
      const code = await openOurs('uma').catch((error: unknown) => (error as { code: unknown }).code);
      return { code, isKept: (await onEntries('get', 'uma')) === half };
    });
    expect(outcome).toEqual({ code: 'storage/unreadable-official-key', isKept: true });
  });
});
