/**
 * This process among the nodes of its database: it says every few seconds that it is there, and which service keys it holds.
 * A key that its operator announces is found so, and needs no restart.
 */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ServiceKey } from './domain/service-key.ts';
import type { Clock } from './routes/env.ts';
import { deleteNode, deleteNodesNotSeenSince, saveNode } from './store/nodes.ts';
import type { Store } from './store/store.ts';
import { VERSION } from './version.ts';

export interface Membership {
  /** Says it now. Never rejects: the database may be away, and is told the next time. */
  refresh(): Promise<void>;
  /** Takes this node off the list. */
  close(): Promise<void>;
}

export interface MembershipOptions {
  readonly store: Store;
  /** Those that the node holds; new ones are added. */
  readonly serviceKeys: Map<string, ServiceKey>;
  /** Those that are in its files by now. */
  readonly readServiceKeys: () => Promise<readonly ServiceKey[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const INTERVAL_MILLISECONDS = 15_000;
/** How long a stop waits for a database that does not answer: its row is forgotten by itself. */
const PATIENCE_MILLISECONDS = 2_000;
/** Until then an operator may look what has been there. */
const FORGOTTEN_MILLISECONDS = 24 * 60 * 60 * 1000;

export async function joinNodes({
  store,
  serviceKeys,
  readServiceKeys,
  clock,
  logger,
}: MembershipOptions): Promise<Membership> {
  const nodeId = randomUUID();
  const startedAt = clock();
  const row = () => ({
    node_id: nodeId,
    name: hostname(),
    version: VERSION,
    started_at: startedAt,
    seen_at: clock(),
    service_key_ids: JSON.stringify([...serviceKeys.keys()]),
  });
  const takeNewKeys = async () => {
    for (const key of await readServiceKeys()) {
      if (serviceKeys.has(key.keyId)) continue;
      serviceKeys.set(key.keyId, key);
      logger.info({ serviceKeyId: key.keyId }, 'holds another service key');
    }
  };
  const tell = async () => {
    // A folder that is being copied is whole the next time.
    await takeNewKeys().catch((error: unknown) => logger.warn({ err: error }, 'the secrets cannot be read again'));
    await store.transact(async (transaction) => {
      await deleteNodesNotSeenSince(transaction, clock() - FORGOTTEN_MILLISECONDS);
      await saveNode(transaction, row());
    });
  };
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  const tellUntilDone = async () => {
    do {
      isAskedAgain = false;
      await tell().catch((error: unknown) => logger.debug({ err: error }, 'not told the database of this node'));
    } while (isAskedAgain);
    running = undefined;
  };
  // While the database is away they do not pile up: who asks meanwhile waits for one more.
  const refresh = () => {
    if (running !== undefined) isAskedAgain = true;
    return (running ??= tellUntilDone());
  };
  // Without room for it a node serves all the same.
  await refresh();
  const timer = setInterval(() => {
    if (running === undefined) void refresh();
  }, INTERVAL_MILLISECONDS).unref();
  const leave = async () => {
    await running;
    await store.transact((transaction) => deleteNode(transaction, nodeId)).catch(() => undefined);
  };
  return {
    refresh,
    async close() {
      clearInterval(timer);
      await Promise.race([leave(), delay(PATIENCE_MILLISECONDS, undefined, { ref: false })]);
    },
  };
}
