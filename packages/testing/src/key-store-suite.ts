/** What every `KeyStore` must do, run by each adapter's own test. */
import { compareBytes } from '@sotto/core';
import { type KeyEntry, type KeyStore } from '@sotto/e3kit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** One store of its own for one test. */
export interface OpenKeyStore {
  readonly store: KeyStore;
  /** The same store once more, as the next process would open it. */
  reopen(): Promise<KeyStore>;
  close(): Promise<void>;
}

// Names that file systems, objects or careless code would mix up, refuse or follow.
export const oddNames = [
  '__proto__',
  'constructor',
  '.',
  '..',
  '../escape',
  '/etc/passwd',
  'C:\\key',
  'con',
  'nul.txt',
  'a',
  'A',
  ' a',
  'a ',
  'a/b',
  'a\\b',
  'a\0b',
  'line\nbreak',
  'caf\u00e9',
  'cafe\u0301',
  '🔐',
  '\ud800',
  '\udfff',
  '\ufffd',
  'x'.repeat(10_000),
  `${'x'.repeat(9_999)}y`,
];

export function keyStoreSuite(adapter: string, open: () => Promise<OpenKeyStore>): void {
  describe(`${adapter} key store`, () => {
    let opened: OpenKeyStore;
    let store: KeyStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('gives back what was saved', async () => {
      const saved = await store.save('alice', bytes(1, 2, 3), { type: 'ED25519' });
      expect(await store.load('alice')).toEqual(saved);
      expect(saved).toEqual({
        name: 'alice',
        value: bytes(1, 2, 3),
        meta: { type: 'ED25519' },
        createdAt: saved.modifiedAt,
        modifiedAt: expect.any(Number) as number,
      });
    });

    it('has nothing under a name that was never saved', async () => {
      expect(await store.load('nobody')).toBeUndefined();
      expect(await store.list()).toEqual([]);
    });

    it.each([
      ['an empty value', bytes()],
      ['every byte value', Uint8Array.from({ length: 256 }, (_, index) => index)],
      ['one megabyte', Uint8Array.from({ length: 2 ** 20 }, (_, index) => (index * 31) % 251)],
    ])('keeps %s', async (_, value) => {
      await store.save('alice', value);
      const loaded = await store.load('alice');
      // Compared as buffers: a matcher that prints a megabyte of differences takes minutes.
      expect(compareBytes(loaded?.value ?? bytes(), value)).toBe(0);
      expect(loaded?.value.length).toBe(value.length);
    });

    it('keeps any value and meta', async () => {
      const meta = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), meta, async (value, meta) => {
          await store.save('alice', value, meta);
          const loaded = await store.load('alice');
          expect(loaded?.value).toEqual(value);
          expect(Object.entries(loaded?.meta ?? {})).toEqual(Object.entries(meta));
        }),
        { numRuns: 20 },
      );
    });

    it('keeps a meta field named __proto__', async () => {
      const meta = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
      await store.save('alice', bytes(1), meta);
      const loaded = await store.load('alice');
      expect(Object.entries(loaded?.meta ?? {})).toEqual(Object.entries(meta));
    });

    it('tells odd names apart', async () => {
      for (const [index, name] of oddNames.entries()) await store.save(name, bytes(index));
      const reopened = await opened.reopen();
      for (const [index, name] of oddNames.entries()) {
        expect(await reopened.load(name)).toMatchObject({ name, value: bytes(index) });
      }
      expect((await reopened.list()).map(({ name }) => name).sort()).toEqual([...oddNames].sort());
      for (const name of oddNames) expect(await reopened.remove(name)).toBe(true);
      expect(await reopened.list()).toEqual([]);
    });

    it('refuses the empty name', async () => {
      const refusal = { code: 'storage/bad-argument' };
      await expect(store.save('', bytes(1))).rejects.toMatchObject(refusal);
      await expect(store.load('')).rejects.toMatchObject(refusal);
      await expect(store.remove('')).rejects.toMatchObject(refusal);
      await expect(store.withLock('', async () => {})).rejects.toMatchObject(refusal);
    });

    it('replaces value and meta as a whole and keeps the date of creation', async () => {
      const first = await store.save('alice', bytes(1, 1, 1), { old: 'yes' });
      const second = await store.save('alice', bytes(2), { new: 'yes' });
      expect(second).toMatchObject({ value: bytes(2), createdAt: first.createdAt });
      expect(second.meta).toEqual({ new: 'yes' });
      expect(second.modifiedAt).toBeGreaterThanOrEqual(first.modifiedAt);
      expect(await store.load('alice')).toEqual(second);
      expect(await store.list()).toEqual([second]);
    });

    it('removes one entry and says whether it was there', async () => {
      await store.save('alice', bytes(1));
      await store.save('bob', bytes(2));
      expect(await store.remove('alice')).toBe(true);
      expect(await store.remove('alice')).toBe(false);
      expect(await store.load('alice')).toBeUndefined();
      expect((await store.list()).map(({ name }) => name)).toEqual(['bob']);
    });

    it('shares no memory with its callers', async () => {
      const value = bytes(1, 2, 3);
      const meta: Record<string, string> = { type: 'a' };
      const saving = store.save('alice', value, meta);
      value.fill(9);
      meta['type'] = 'z';
      const saved = await saving;
      spoil(saved);
      const loaded = await store.load('alice');
      expect(loaded).toMatchObject({ value: bytes(1, 2, 3), meta: { type: 'a' } });
      if (loaded) spoil(loaded);
      for (const entry of await store.list()) spoil(entry);
      expect(await store.load('alice')).toMatchObject({ value: bytes(1, 2, 3), meta: { type: 'a' } });
    });

    it('leaves one of the values that are saved at the same time', async () => {
      const values = Array.from({ length: 10 }, (_, index) => new Uint8Array(1_000).fill(index));
      const other = await opened.reopen();
      await Promise.all(values.map((value, index) => (index % 2 ? store : other).save('alice', value)));
      const loaded = await store.load('alice');
      expect(values).toContainEqual(loaded?.value);
      expect(await other.load('alice')).toEqual(loaded);
    });

    it('shows everything to whoever opens it next', async () => {
      const alice = await store.save('alice', bytes(1), { a: 'b' });
      const bob = await store.save('bob', bytes(2));
      const reopened = await opened.reopen();
      expect(await reopened.load('alice')).toEqual(alice);
      expect(await reopened.list()).toEqual(expect.arrayContaining([alice, bob]));
    });

    it('runs one task at a time under a name', async () => {
      const other = await opened.reopen();
      let running = 0;
      let most = 0;
      const task = async () => {
        running += 1;
        most = Math.max(most, running);
        // Loading takes time, in which another task would come in.
        await store.load('alice');
        running -= 1;
      };
      await Promise.all(Array.from({ length: 8 }, (_, index) => (index % 2 ? store : other).withLock('alice', task)));
      expect(most).toBe(1);
    });

    it('runs tasks under different names side by side', async () => {
      const met = await new Promise<string>((resolve, reject) => {
        store.withLock('a', () => store.withLock('A', async () => resolve('inside both'))).catch(reject);
      });
      expect(met).toBe('inside both');
    });

    it('lets a task under lock use the store', async () => {
      const given = await store.withLock('alice', async () => {
        await store.save('alice', bytes(7));
        return store.load('alice');
      });
      expect(given?.value).toEqual(bytes(7));
    });

    it('frees the lock when the task fails, and passes its error on', async () => {
      const failure = new Error('from the task');
      await expect(store.withLock('alice', () => Promise.reject(failure))).rejects.toBe(failure);
      expect(await store.withLock('alice', async () => 'next')).toBe('next');
    });
  });
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function spoil(entry: KeyEntry): void {
  entry.value.fill(0);
  (entry.meta as Record<string, string>)['type'] = 'spoilt';
}
