import { HEALTH_PATHS, type HealthResponse } from '@sotto/contract';
import { Hono } from 'hono';
import { serviceError } from '../domain/errors.ts';
import type { Store } from '../store/store.ts';
import type { Env } from './env.ts';
import { refuseOtherMethods } from './middleware/errors.ts';

export function healthRoutes({ store }: { store: Store }): Hono<Env> {
  const ok: HealthResponse = { status: 'ok' };
  const routes = new Hono<Env>();
  routes.get(HEALTH_PATHS.live, (c) => c.json(ok));
  routes.get(HEALTH_PATHS.ready, async (c) => {
    try {
      await store.ping();
    } catch (cause) {
      throw serviceError('service/not-ready', { cause });
    }
    return c.json(ok);
  });
  for (const path of Object.values(HEALTH_PATHS)) routes.all(path, refuseOtherMethods('GET', 'HEAD'));
  return routes;
}
