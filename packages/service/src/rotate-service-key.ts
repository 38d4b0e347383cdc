/**
 * A new service key, in two steps, so that no node and no client meets it unprepared: it is announced, in files that each
 * node gets, and once all nodes hold it, activated, which the database tells all of them at one moment. Until then clients
 * hear nothing of it, and from then on they find it at the end of the chain.
 */

import { readFileSync, unlinkSync } from 'node:fs';
import { bytesToBase64, generateKeyPair, signServiceKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { ServiceKey } from './domain/service-key.ts';
import { operatorError } from './operator-errors.ts';
import { replaceFile } from './secret-files.ts';
import { describeKey, openSecrets, serviceKeyFiles, toChainJson, type SecretsLocation } from './secrets.ts';
import { findSetting, insertSetting, replaceSetting, SERVICE_KEY_SETTING } from './store/installation-settings.ts';
import { NODE_GONE_MILLISECONDS, nodesSeenSince } from './store/nodes.ts';
import type { Queryable, Store } from './store/store.ts';

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
  const { active, announced } = await readKeys(store.reader, secrets);
  return {
    active,
    announced,
    nodes: await readNodes(store.reader, { wanted: (announced ?? active).keyId, now }),
  };
}

/**
 * Makes the next key and adds it to the chain, signed by the active one, in the folder of the secrets. One that was announced
 * and not activated is replaced. @throws `secrets/*`, `service-key/not-here`
 */
export async function announceServiceKey({ store, secrets, now = Date.now() }: Installation): Promise<ServiceKey> {
  const { active, isInNextFile } = await readKeys(store.reader, secrets);
  if (isInNextFile) adopt(secrets, active);
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
 * Makes the key that was announced the one that signs, on all nodes. Once more does nothing, but for what was stopped on the way.
 * @throws `secrets/*`, `service-key/not-here`, `service-key/none-announced`, `service-key/not-everywhere`
 */
export async function activateServiceKey({ store, secrets, now = Date.now() }: Installation): Promise<ServiceKey> {
  const { active, announced, isInNextFile } = await readKeys(store.reader, secrets);
  if (isInNextFile) {
    adopt(secrets, active);
    return active;
  }
  if (announced === undefined) throw operatorError('service-key/none-announced');
  await store.transact(async (transaction) => {
    const nodes = await readNodes(transaction, { wanted: announced.keyId, now });
    const lacking = nodes.filter(({ isReady }) => !isReady).map(({ name }) => name);
    if (lacking.length > 0) throw operatorError('service-key/not-everywhere', { details: { nodes: lacking } });
    // A database that was never served has none.
    await insertSetting(transaction, SERVICE_KEY_SETTING, active.keyId);
    const change = { name: SERVICE_KEY_SETTING, from: active.keyId, to: announced.keyId };
    if (!(await replaceSetting(transaction, change))) throw operatorError('service-key/not-here');
  });
  adopt(secrets, announced);
  return announced;
}

interface FoundKeys {
  readonly active: ServiceKey;
  readonly announced: ServiceKey | undefined;
  /** Whether the active key is in the file of the next one still, as on nodes where nobody has moved it. */
  readonly isInNextFile: boolean;
}

async function readKeys(db: Queryable, secrets: SecretsLocation): Promise<FoundKeys> {
  const { serviceKey, nextServiceKey } = await openSecrets(secrets);
  const activeId = (await findSetting(db, SERVICE_KEY_SETTING)) ?? serviceKey.keyId;
  if (nextServiceKey?.keyId === activeId) return { active: nextServiceKey, announced: undefined, isInNextFile: true };
  if (serviceKey.keyId === activeId) return { active: serviceKey, announced: nextServiceKey, isInNextFile: false };
  throw operatorError('service-key/not-here');
}

async function readNodes(
  db: Queryable,
  { wanted, now }: { readonly wanted: string; readonly now: number },
): Promise<NodeKeys[]> {
  const nodes = await nodesSeenSince(db, now - NODE_GONE_MILLISECONDS);
  return nodes.map((node) => ({
    name: node.name,
    version: node.version,
    startedAt: node.started_at,
    isReady: (JSON.parse(node.service_key_ids) as string[]).includes(wanted),
  }));
}

/** Moves the active key from the file of the next one into the one of its name. */
function adopt(secrets: SecretsLocation, active: ServiceKey): void {
  const { keyFile, nextFile } = serviceKeyFiles(secrets);
  const pem = active.privateKey.exportPem();
  replaceFile(keyFile, pem);
  // Another one there was announced after this one.
  if (readFileSync(nextFile, 'utf8') === pem) unlinkSync(nextFile);
}
