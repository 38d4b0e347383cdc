import { HEALTH_PATHS, type HealthResponse } from '@sotto/contract';
import { Hono } from 'hono';
import { serviceError } from '../domain/errors.ts';
import { readActiveServiceKey, type ServiceKeys } from '../domain/service-key.ts';
import type { Store } from '../store/store.ts';
import type { Env } from './env.ts';
import { refuseOtherMethods } from './middleware/errors.ts';

export interface HealthOptions {
  readonly store: Store;
  readonly serviceKeys: ServiceKeys;
  /** Whether the service is about to stop. */
  readonly isStopping: () => boolean;
}

export function healthRoutes({ store, serviceKeys, isStopping }: HealthOptions): Hono<Env> {
  const ok: HealthResponse = { status: 'ok' };
  const ping = shareWhileRunning(() => store.ping());
  const routes = new Hono<Env>();
  routes.get(HEALTH_PATHS.live, (c) => c.json(ok));
  routes.get(HEALTH_PATHS.ready, async (c) => {
    if (isStopping()) throw serviceError('service/not-ready', { hint: 'stopping' });
    try {
      await ping();
    } catch (cause) {
      throw serviceError('service/not-ready', { hint: 'the store does not answer', cause });
    }
    // A node without the key that signs has no card for anybody.
    await readActiveServiceKey(store.reader, serviceKeys);
    return c.json(ok);
  });
  for (const path of Object.values(HEALTH_PATHS)) routes.all(path, refuseOtherMethods('GET', 'HEAD'));
  return routes;
}

/** Many who ask at one time cost the store one question: nobody's rate is counted here. */
function shareWhileRunning(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () =>
    (running ??= work().finally(() => {
      running = undefined;
    }));
}
