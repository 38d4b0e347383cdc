import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Metrics } from '../../metrics.ts';
import type { Env } from '../env.ts';

/** Counts each request by the pattern of its path, when it is answered. */
export function countRequests(metrics: Metrics): MiddlewareHandler<Env> {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.countRequest({ route: routePath(c, -1), method: c.req.method, status: c.res.status, seconds });
  };
}
