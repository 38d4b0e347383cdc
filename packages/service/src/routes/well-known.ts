import { LIMITS, WELL_KNOWN_PATH, type ServiceDescription } from '@sotto/contract';
import { Hono } from 'hono';
import type { ServiceKey } from '../domain/service-key.ts';
import { VERSION } from '../version.ts';
import type { Env } from './env.ts';
import { refuseOtherMethods } from './middleware/errors.ts';

/** So short that a rotated key is known everywhere when the first cards are signed with it. */
const CACHE_CONTROL = 'public, max-age=60';

/** What clients learn before they have a token; pages of other origins follow the key chain here. */
export function wellKnownRoutes({ serviceKey }: { serviceKey: ServiceKey }): Hono<Env> {
  const description: ServiceDescription = {
    service: 'sotto',
    version: VERSION,
    serviceKeys: [...serviceKey.chain],
    limits: LIMITS,
  };
  const routes = new Hono<Env>();
  routes.get(WELL_KNOWN_PATH, (c) => c.json(description, 200, { 'Cache-Control': CACHE_CONTROL }));
  routes.all(WELL_KNOWN_PATH, refuseOtherMethods('GET', 'HEAD'));
  return routes;
}
