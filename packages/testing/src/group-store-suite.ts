/** What every `GroupStore` must do, run by each adapter's own test. */
import { bytesToHex } from '@sotto/core';
import type { GroupStore, GroupStoreUser } from '@sotto/e3kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oddNames } from './key-store-suite.ts';

/** One store of its own for one test. */
export interface OpenGroupStore {
  readonly store: GroupStore;
  /** The same store once more, as the next process would open it. */
  reopen(): Promise<GroupStore>;
  close(): Promise<void>;
}

const alice: GroupStoreUser = { appId: 'app', identity: 'alice' };
const sessionIds = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32));
const [first = '', second = ''] = sessionIds;
const value = Uint8Array.of(1, 2, 3);

export function groupStoreSuite(adapter: string, open: () => Promise<OpenGroupStore>): void {
  describe(`${adapter} group store`, () => {
    let opened: OpenGroupStore;
    let store: GroupStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    const read = async (from: GroupStore, user: GroupStoreUser, sessionId: string): Promise<string | undefined> => {
      const found = await from.load(user, sessionId);
      return found && bytesToHex(found);
    };

    it('has no group before one is saved, and forgets nothing that is not there', async () => {
      expect(await store.load(alice, first)).toBeUndefined();
      expect(await store.remove(alice, first)).toBe(false);
      await store.clear(alice);
    });

    it.each([
      ['nothing', new Uint8Array(0)],
      ['a few bytes', value],
      ['a megabyte', new Uint8Array(1_000_000).fill(7)],
    ])('keeps %s for the next process', async (_, bytes) => {
      await store.save(alice, first, bytes);
      expect(await read(await opened.reopen(), alice, first)).toBe(bytesToHex(bytes));
    });

    it('replaces a group as a whole', async () => {
      await store.save(alice, first, new Uint8Array(1000));
      await store.save(alice, first, value);
      expect(await read(store, alice, first)).toBe('010203');
    });

    it('shares no bytes with its callers', async () => {
      const given = value.slice();
      const saving = store.save(alice, first, given);
      given.fill(9);
      await saving;
      (await store.load(alice, first))?.fill(9);
      expect(await read(store, alice, first)).toBe('010203');
    });

    it('removes one group and says whether it was there', async () => {
      await store.save(alice, first, value);
      await store.save(alice, second, value);
      expect(await store.remove(alice, first)).toBe(true);
      expect(await store.remove(alice, first)).toBe(false);
      expect(await store.load(alice, first)).toBeUndefined();
      expect(await read(store, alice, second)).toBe('010203');
    });

    it('tells users with odd names apart, and those of two applications', async () => {
      const users = ['app', 'ap', 'app"'].flatMap((appId) => oddNames.map((identity) => ({ appId, identity })));
      for (const [index, user] of users.entries()) await store.save(user, first, Uint8Array.of(index));
      const reopened = await opened.reopen();
      for (const [index, user] of users.entries()) {
        expect(await read(reopened, user, first)).toBe(bytesToHex(Uint8Array.of(index)));
      }
      const [one, ...others] = users;
      await store.clear(one!);
      expect(await store.load(one!, first)).toBeUndefined();
      for (const user of others) expect(await store.load(user, first)).toBeDefined();
    });

    it('clears all groups of a user', async () => {
      for (const sessionId of sessionIds) await store.save(alice, sessionId, value);
      await store.clear(alice);
      for (const sessionId of sessionIds) expect(await store.load(alice, sessionId)).toBeUndefined();
      await store.save(alice, first, value);
      expect(await read(store, alice, first)).toBe('010203');
    });

    it('has one of the values that are written at the same time', async () => {
      const values = Array.from({ length: 10 }, (_, index) => new Uint8Array(1000).fill(index));
      const other = await opened.reopen();
      await Promise.all(values.map((bytes, index) => (index % 2 ? store : other).save(alice, first, bytes)));
      expect(values.map(bytesToHex)).toContain(await read(store, alice, first));
    });
  });
}
