/** One line per request, with ids that we mint: the route's pattern and never its path, no body, token or identity. */

import { randomUUID } from 'node:crypto';
import { HEADERS } from '@sotto/contract';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Logger } from 'pino';
import type { Env } from '../env.ts';

export function logRequests(logger: Logger): MiddlewareHandler<Env> {
  return async (c, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    c.set('requestId', requestId);
    c.header(HEADERS.requestId, requestId);
    await next();
    logger.info(
      {
        requestId,
        method: c.req.method,
        route: routePath(c, -1),
        status: c.res.status,
        ms: Math.round((performance.now() - startedAt) * 1000) / 1000,
        // Absent where no token was accepted.
        applicationId: (c.get('caller') as Env['Variables']['caller'] | undefined)?.appId,
      },
      'request',
    );
  };
}
