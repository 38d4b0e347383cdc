import { cardCacheSuite } from '@sotto/testing/card-cache-suite';
import { keyStoreSuite } from '@sotto/testing/key-store-suite';
import { createMemoryCardCache, createMemoryKeyStore } from './memory.ts';

keyStoreSuite('memory', async () => {
  const store = createMemoryKeyStore();
  return { store, reopen: async () => store, close: async () => {} };
});

cardCacheSuite('memory', async () => {
  const cache = createMemoryCardCache();
  return { cache, reopen: async () => cache, close: async () => {} };
});
