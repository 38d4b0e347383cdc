import { activateServiceKey, announceServiceKey, openDatabase } from '@sotto/service';

/** Gives the service of a data folder, which does not run meanwhile, another service key. */
export async function rotateServiceKey(dataDir: string): Promise<void> {
  const store = await openDatabase({ dataDir });
  try {
    await announceServiceKey({ store, secrets: { dataDir } });
    await activateServiceKey({ store, secrets: { dataDir } });
  } finally {
    await store.close();
  }
}
