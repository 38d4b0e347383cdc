import { groupStoreSuite } from '@sotto/testing/group-store-suite';
import { createIndexedDbGroupStore } from './indexeddb-group-store.ts';

groupStoreSuite('IndexedDB', async () => {
  const name = crypto.randomUUID();
  return {
    store: createIndexedDbGroupStore({ name }),
    reopen: async () => createIndexedDbGroupStore({ name }),
    close: async () => {},
  };
});
