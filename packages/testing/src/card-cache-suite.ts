/** What every `CardCache` must do, run by each adapter's own test. */
import type { CardCache } from '@sotto/e3kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oddNames } from './key-store-suite.ts';

/** One cache of its own for one test. */
export interface OpenCardCache {
  readonly cache: CardCache;
  /** The same cache once more, as the next process would open it. */
  reopen(): Promise<CardCache>;
  close(): Promise<void>;
}

export function cardCacheSuite(adapter: string, open: () => Promise<OpenCardCache>): void {
  describe(`${adapter} card cache`, () => {
    let opened: OpenCardCache;
    let cache: CardCache;

    beforeEach(async () => {
      opened = await open();
      cache = opened.cache;
    });
    afterEach(() => opened.close());

    it('has nothing under a name that was never written', async () => {
      expect(await cache.read('nobody')).toBeUndefined();
      expect(await cache.list()).toEqual([]);
    });

    it.each([
      ['an empty text', ''],
      ['any Unicode', 'z\u0000\u00e9e\u0301🔐\u2028"\\\ud800'],
      ['a long text', 'card '.repeat(200_000)],
    ])('keeps %s', async (_, text) => {
      await cache.write(new Map([['alice', text]]));
      expect((await cache.read('alice')) === text).toBe(true);
    });

    it('tells odd names apart, the empty one too', async () => {
      const names = ['', ...oddNames];
      for (const name of names) await cache.write(new Map([[name, `card of ${name}`]]));
      const reopened = await opened.reopen();
      for (const name of names) expect(await reopened.read(name)).toBe(`card of ${name}`);
      expect((await reopened.list()).sort()).toEqual([...names].sort());
    });

    it('writes several texts at once, and none', async () => {
      await cache.write(new Map([['bob', 'an old text']]));
      await cache.write(new Map());
      const texts = new Map(
        Array.from({ length: 100 }, (_, index) => [index === 50 ? 'bob' : `user ${index}`, `${index}`]),
      );
      await cache.write(texts);
      const reopened = await opened.reopen();
      for (const [name, text] of texts) expect(await reopened.read(name)).toBe(text);
      expect((await reopened.list()).sort()).toEqual([...texts.keys()].sort());
    });

    it('replaces a text as a whole', async () => {
      await cache.write(new Map([['alice', 'a long text']]));
      await cache.write(new Map([['alice', 'short']]));
      expect(await cache.read('alice')).toBe('short');
      expect(await cache.list()).toEqual(['alice']);
    });

    it('removes one text and says whether it was there', async () => {
      await cache.write(new Map([['alice', 'a']]));
      await cache.write(new Map([['bob', 'b']]));
      expect(await cache.remove('alice')).toBe(true);
      expect(await cache.remove('alice')).toBe(false);
      expect(await cache.read('alice')).toBeUndefined();
      expect(await cache.list()).toEqual(['bob']);
    });

    it('leaves one of the texts that are written at the same time', async () => {
      const texts = Array.from({ length: 10 }, (_, index) => String(index).repeat(1_000));
      const other = await opened.reopen();
      await Promise.all(texts.map((text, index) => (index % 2 ? cache : other).write(new Map([['alice', text]]))));
      expect(texts).toContain(await cache.read('alice'));
    });
  });
}
