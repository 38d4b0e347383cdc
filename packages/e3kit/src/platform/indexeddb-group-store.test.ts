// Where there is no IndexedDB, as on Node. The rest: indexeddb-group-store.browser.test.ts.
import { expect, it } from 'vitest';
import { createIndexedDbGroupStore } from './indexeddb-group-store.ts';

const alice = { appId: 'app', identity: 'alice' };

it('a group store without IndexedDB keeps nothing, and has nothing to clear', async () => {
  const store = createIndexedDbGroupStore({ name: 'groups' });
  await store.clear(alice);
  const refusal = { code: 'storage/unavailable', details: { reason: 'no IndexedDB' } };
  await expect(store.save(alice, 'ab'.repeat(32), Uint8Array.of(1))).rejects.toMatchObject(refusal);
  await expect(store.load(alice, 'ab'.repeat(32))).rejects.toMatchObject(refusal);
});
