/** `sotto app-key`: the keys that sign an application's tokens. Private halves are made here and leave no trace. */
import { bytesToBase64, generateKeyPair } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createAppKey, listApplications, listAppKeys, revokeAppKey, type Store } from '@sotto/service';
import { withStore } from '../data-folder.ts';
import { formatEnv } from '../env-file.ts';
import { cliError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';

export interface CreateKeyOptions {
  readonly app?: string;
  readonly name: string;
  readonly data?: string;
}

export async function createKey(options: CreateKeyOptions, terminal: Terminal): Promise<void> {
  const { app, name, data } = options;
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  const { appId, appKeyId } = await withStore(data, async (store) => {
    const appId = app ?? (await onlyAppId(store));
    return { appId, ...(await createAppKey(store, { appId, name, publicKey: bytesToBase64(publicKey.exportDer()) })) };
  });
  const APP_KEY = bytesToBase64(privateKey.exportDer());
  terminal.result(formatEnv({ APP_ID: appId, APP_KEY_ID: appKeyId, APP_KEY }));
}

export async function listKeys(options: { app?: string; data?: string }, terminal: Terminal): Promise<void> {
  const { app, data } = options;
  const keys = await withStore(data, async (store) => listAppKeys(store, app ?? (await onlyAppId(store))));
  for (const { appKeyId, name, revokedAt } of keys) {
    terminal.result(`${appKeyId}  ${name}${revokedAt === undefined ? '' : '  (revoked)'}`);
  }
}

export async function revokeKey(options: { appKeyId: string; data?: string }, terminal: Terminal): Promise<void> {
  const { appKeyId, data } = options;
  await withStore(data, async (store) => {
    const appId = await findAppId(store, appKeyId);
    await revokeAppKey(store, { appId, appKeyId });
  });
  terminal.say(`revoked ${appKeyId}: the service refuses its tokens from now on`);
}

async function onlyAppId(store: Store): Promise<string> {
  const [first, ...others] = await listApplications(store);
  if (first === undefined) {
    throw cliError('cli/no-application', 'there is no application in this data folder', 'make one: sotto app create');
  }
  if (others.length > 0) {
    throw cliError(
      'cli/which-application',
      'there are several applications in this data folder',
      'name one of sotto app list: --app ID',
    );
  }
  return first.appId;
}

async function findAppId(store: Store, appKeyId: string): Promise<string> {
  for (const { appId } of await listApplications(store)) {
    const keys = await listAppKeys(store, appId);
    if (keys.some((key) => key.appKeyId === appKeyId)) return appId;
  }
  throw cliError('cli/unknown-app-key', 'no App Key by that id in this data folder', 'see sotto app-key list');
}
