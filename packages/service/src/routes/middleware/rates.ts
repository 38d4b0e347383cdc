import { HEALTH_PATHS } from '@sotto/contract';
import type { MiddlewareHandler } from 'hono';
import type { RateLimits } from '../../domain/request-rates.ts';
import type { ReadClientAddress } from '../client-address.ts';
import type { Env } from '../env.ts';

/** What a load balancer asks must not fail because its users, who may come from the same address, ask too much. */
const UNCOUNTED_PATHS: readonly string[] = Object.values(HEALTH_PATHS);

/** Refuses, with `request/too-many`, before the token or the body is looked at. A preflight is answered before it counts. */
export function limitByAddress({
  rateLimits,
  readClientAddress,
}: {
  readonly rateLimits: RateLimits;
  readonly readClientAddress: ReadClientAddress;
}): MiddlewareHandler<Env> {
  return async (c, next) => {
    const address = readClientAddress(c);
    c.set('clientAddress', address);
    if (address !== undefined && !UNCOUNTED_PATHS.includes(c.req.path)) await rateLimits.countAddress(address);
    await next();
  };
}
