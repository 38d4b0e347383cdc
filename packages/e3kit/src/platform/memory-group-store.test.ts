import { groupStoreSuite } from '@sotto/testing/group-store-suite';
import { createMemoryGroupStore } from './memory-group-store.ts';

groupStoreSuite('memory', async () => {
  const store = createMemoryGroupStore();
  return { store, reopen: async () => store, close: async () => {} };
});
