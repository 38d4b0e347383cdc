/** The device of a user of the demo: signed in at the backend, with a key that stays on disk, so that it is the same user at the next start. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createMemoryCardCache, createMemoryGroupStore, EThree } from '@sotto/e3kit';
import { createFileKeyStore } from '@sotto/e3kit/node';
import type { RunningService } from '@sotto/service';
import type { App } from './backend.ts';

export interface DemoSurroundings {
  /** Of the devices, each of which has a folder in it. */
  readonly folder: string;
  readonly service: Pick<RunningService, 'url' | 'servicePublicKey'>;
  readonly backend: App;
}

export interface DemoDevice {
  /** Not registered where the device is new. */
  readonly eThree: EThree;
  /** Where the private key is. */
  readonly directory: string;
  /** A fresh one each time. */
  fetchTwilioToken(): Promise<string>;
}

export async function openDemoDevice(
  identity: string,
  { folder, service, backend }: DemoSurroundings,
): Promise<DemoDevice> {
  const directory = join(folder, identity);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fetchToken = (kind: 'virgil' | 'twilio') => fetchTokenAt(backend, identity, kind);
  const eThree = await EThree.initialize(() => fetchToken('virgil'), {
    apiUrl: service.url,
    servicePublicKey: service.servicePublicKey,
    keyStore: await createFileKeyStore({ directory, key: { kind: 'key-file' } }),
    cardCache: createMemoryCardCache(),
    groupStore: createMemoryGroupStore(),
  });
  return { eThree, directory, fetchTwilioToken: () => fetchToken('twilio') };
}

/** What an app does: sign in at its backend, then ask it for a token. */
async function fetchTokenAt(backend: App, identity: string, kind: 'virgil' | 'twilio'): Promise<string> {
  const ask = async (path: string, init: RequestInit): Promise<Record<string, string>> => {
    const answer = await backend.fetch(new Request(`http://localhost${path}`, init));
    return (await answer.json()) as Record<string, string>;
  };
  const session = await ask('/authenticate', { method: 'POST', body: JSON.stringify({ identity }) });
  const headers = { Authorization: `Bearer ${session['authToken']!}` };
  const tokens = await ask(`/${kind}-jwt`, { headers });
  return tokens[`${kind}Token`]!;
}
