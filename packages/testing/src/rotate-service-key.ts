import { setTimeout as delay } from 'node:timers/promises';
import {
  activateServiceKey,
  announceServiceKey,
  databaseFile,
  openDatabase,
  readServiceKeyState,
  type RunningService,
} from '@sotto/service';

/**
 * Gives the service of a data folder another service key, as an operator does, while it runs or not. With which clients verify cards from
 * then on: base64 of the DER SubjectPublicKeyInfo.
 */
export async function rotateServiceKey(dataDir: string, service?: RunningService): Promise<string> {
  const store = service?.store ?? (await openDatabase({ file: databaseFile(dataDir) }));
  const installation = { store, secrets: { dataDir } };
  try {
    await announceServiceKey(installation);
    service?.reload();
    while ((await readServiceKeyState(installation)).nodes.some(({ isReady }) => !isReady)) await delay(5);
    const { chain } = await activateServiceKey(installation);
    return chain.at(-1)?.publicKey ?? '';
  } finally {
    if (service === undefined) await store.close();
  }
}
