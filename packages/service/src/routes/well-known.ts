import { LIMITS, WELL_KNOWN_PATH, type ServiceDescription } from '@sotto/contract';
import { Hono } from 'hono';
import { readActiveServiceKey, type ServiceKeys } from '../domain/service-key.ts';
import type { Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import type { Env } from './env.ts';
import { refuseOtherMethods } from './middleware/errors.ts';

/**
 * What clients learn before they have a token; pages of other origins follow the key chain here. It is kept nowhere: who meets
 * a card under a new key asks for the chain that leads there.
 */
export function wellKnownRoutes({ store, serviceKeys }: { store: Store; serviceKeys: ServiceKeys }): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get(WELL_KNOWN_PATH, async (c) => {
    const { chain } = await readActiveServiceKey(store.reader, serviceKeys);
    const description: ServiceDescription = {
      service: 'sotto',
      version: VERSION,
      serviceKeys: [...chain],
      limits: LIMITS,
    };
    return c.json(description);
  });
  routes.all(WELL_KNOWN_PATH, refuseOtherMethods('GET', 'HEAD'));
  return routes;
}
