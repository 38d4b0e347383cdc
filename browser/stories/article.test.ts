/** The article's code in a page, as examples/article has it, against service and backend at the addresses that it names. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

describe.each(['bundled', 'unbundled'] as const)("the article's code, %s,", (how) => {
  let stage: Stage;
  let tab: Tab;

  beforeAll(async () => {
    stage = await openStage({ asInArticle: true });
    tab = await openTab(await stage.browser.newContext(), await stage.serve('article', how));
    await waitForGlobal(tab, 'article');
  });
  afterAll(() => stage.close());
  afterEach(() => {
    expect(tab.complaints).toEqual([]);
  });

  it('decrypts for alice what bob encrypted', async () => {
    const { bytes, text } = await tab.page.evaluate(async () => {
      const { bob, decrypt } = globalThis.article;
      const publicKeys = await bob.lookupPublicKeys(['alice', 'bob']);
      const encryptedData = await bob.encrypt(new ArrayBuffer(), publicKeys);
      const encryptedText = await bob.encrypt('this text was encrypted by bob', publicKeys);
      const { decryptedData, decryptedText } = await decrypt({ encryptedData, encryptedText });
      return { bytes: decryptedData.byteLength, text: decryptedText };
    });
    expect({ bytes, text }).toEqual({ bytes: 0, text: 'this text was encrypted by bob' });
  });

  it('encrypts for bob, who decrypts it', async () => {
    const text = await tab.page.evaluate(async () => {
      const { bob, encrypt } = globalThis.article;
      const { encryptedText } = await encrypt();
      return bob.decrypt(encryptedText, await bob.lookupPublicKeys('alice'));
    });
    expect(text).toBe('this text will be encrypted');
  });

  it("refuses alice's own text as bob's", async () => {
    const code = await tab.page.evaluate(async () => {
      const { decrypt, encrypt } = globalThis.article;
      return decrypt(await encrypt()).catch(({ code }: { code: string }) => code);
    });
    expect(code).toBe('envelope/other-signer');
  });

  if (how === 'bundled') {
    it('has loaded the scripts that its page names, and those for the lookup of 2019', async () => {
      const html = await readFile(join(inject('project').bundles.article.folder, 'index.html'), 'utf8');
      const named = [...html.matchAll(/[\w-]+\.js(?=")/g)].map(([name]) => name);
      const loaded = await tab.page.evaluate(() =>
        performance.getEntriesByType('resource').flatMap(({ name }) => /[\w-]+\.js$/.exec(name) ?? []),
      );
      const extra = loaded.filter((name) => !named.includes(name));
      const isForLater = (name: string): boolean => /^(later|errors|key-errors|keyknox|passphrase-key)-/.test(name);
      expect(extra.filter((name) => !isForLater(name))).toEqual([]);
      expect(named.filter((name) => !loaded.includes(name))).toEqual([]);
    });
  }

  it('goes on with the same keys after the page was loaded anew', async () => {
    const encrypted = await tab.page.evaluate(() => globalThis.article.eThree.encrypt('from before'));
    await tab.page.reload();
    await waitForGlobal(tab, 'article');
    const text = await tab.page.evaluate((message) => globalThis.article.eThree.decrypt(message), encrypted);
    expect(text).toBe('from before');
  });
});
