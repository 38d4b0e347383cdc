/**
 * A new service key, in two steps, so that no node and no client meets it unprepared: it is announced, in files that each
 * node gets, and once all nodes hold it, activated, which the database tells all of them at one moment. Until then clients
 * hear nothing of it, and from then on they find it at the end of the chain.
 */

import { unlinkSync } from 'node:fs';
import { bytesToBase64, generateKeyPair, signServiceKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { ServiceKey } from './domain/service-key.ts';
import { operatorError } from './operator-errors.ts';
import { replaceFile } from './secret-files.ts';
import { describeKey, openSecrets, serviceKeyFiles, toChainJson, type SecretsLocation } from './secrets.ts';
import { findSetting, insertSetting, replaceSetting, SERVICE_KEY_SETTING } from './store/installation-settings.ts';
import { NODE_GONE_MILLISECONDS, nodesSeenSince } from './store/nodes.ts';
import type { Store } from './store/store.ts';

export interface ServiceKeyState {
  readonly active: ServiceKey;
  readonly announced: ServiceKey | undefined;
  readonly nodes: readonly NodeKeys[];
}

/** A node that runs, and whether it could sign with the key that is announced, or with the active one if none is. */
export interface NodeKeys {
  readonly name: string;
  readonly version: string;
  readonly startedAt: number;
  readonly isReady: boolean;
}

interface Installation {
  readonly store: Store;
  readonly secrets: SecretsLocation;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/** @throws `secrets/*`, `service-key/not-here` */
export async function readServiceKeyState({
  store,
  secrets,
  now = Date.now(),
}: Installation): Promise<ServiceKeyState> {
  const { active, announced } = await readKeys({ store, secrets });
  const wanted = (announced ?? active).keyId;
  const nodes = await nodesSeenSince(store.reader, now - NODE_GONE_MILLISECONDS);
  return {
    active,
    announced,
    nodes: nodes.map((node) => ({
      name: node.name,
      version: node.version,
      startedAt: node.started_at,
      isReady: (JSON.parse(node.service_key_ids) as string[]).includes(wanted),
    })),
  };
}

/**
 * Makes the next key and adds it to the chain, signed by the active one, in the folder of the secrets. One that was announced
 * and not activated is replaced. @throws `secrets/*`, `service-key/not-here`
 */
export async function announceServiceKey({ store, secrets, now = Date.now() }: Installation): Promise<ServiceKey> {
  const { active } = await readKeys({ store, secrets });
  adopt(secrets, active);
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider);
  const signature = await signServiceKey(nodeProvider, active.privateKey, publicKey);
  const entry = { ...describeKey(publicKey, now), signature: bytesToBase64(signature) };
  const chain = [...active.chain, entry];
  const { chainFile, nextFile } = serviceKeyFiles(secrets);
  // A chain that is longer than the keys that are there means nothing yet.
  replaceFile(chainFile, toChainJson(chain));
  replaceFile(nextFile, privateKey.exportPem());
  return { privateKey, keyId: entry.keyId, chain };
}

/**
 * Makes the key that was announced the one that signs, on all nodes.
 * @throws `secrets/*`, `service-key/not-here`, `service-key/none-announced`, `service-key/not-everywhere`
 */
export async function activateServiceKey(installation: Installation): Promise<ServiceKey> {
  const { active, announced, nodes } = await readServiceKeyState(installation);
  const { store, secrets } = installation;
  if (announced === undefined) throw operatorError('service-key/none-announced');
  const lacking = nodes.filter(({ isReady }) => !isReady).map(({ name }) => name);
  if (lacking.length > 0) throw operatorError('service-key/not-everywhere', { details: { nodes: lacking } });
  await store.transact(async (transaction) => {
    // One that was never served has none.
    await insertSetting(transaction, SERVICE_KEY_SETTING, active.keyId);
    const change = { name: SERVICE_KEY_SETTING, from: active.keyId, to: announced.keyId };
    if (!(await replaceSetting(transaction, change))) throw operatorError('service-key/not-here');
  });
  adopt(secrets, announced);
  return announced;
}

async function readKeys({ store, secrets }: Installation): Promise<Pick<ServiceKeyState, 'active' | 'announced'>> {
  const { serviceKey, nextServiceKey } = await openSecrets(secrets);
  const activeId = (await findSetting(store.reader, SERVICE_KEY_SETTING)) ?? serviceKey.keyId;
  if (serviceKey.keyId === activeId) return { active: serviceKey, announced: nextServiceKey };
  if (nextServiceKey?.keyId === activeId) return { active: nextServiceKey, announced: undefined };
  throw operatorError('service-key/not-here');
}

/** The active key is in the file of its name, and there is none beside it that it has replaced. */
function adopt(secrets: SecretsLocation, active: ServiceKey): void {
  const { keyFile, nextFile } = serviceKeyFiles(secrets);
  replaceFile(keyFile, active.privateKey.exportPem());
  try {
    unlinkSync(nextFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
