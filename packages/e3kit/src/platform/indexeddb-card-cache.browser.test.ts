import { cardCacheSuite } from '@sotto/testing/card-cache-suite';
import { createIndexedDbCardCache } from './indexeddb-card-cache.ts';

cardCacheSuite('IndexedDB', async () => {
  const name = crypto.randomUUID();
  return {
    cache: createIndexedDbCardCache({ name }),
    reopen: async () => createIndexedDbCardCache({ name }),
    close: async () => {},
  };
});
