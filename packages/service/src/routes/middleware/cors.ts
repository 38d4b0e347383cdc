/**
 * Pages of any origin may call: a token is what admits a request, and browsers attach none on their own. Set before
 * anything can fail, so that a page can read errors too.
 */

import { HEADERS } from '@sotto/contract';
import type { MiddlewareHandler } from 'hono';
import type { Env } from '../env.ts';

/** On every answer that a page may read. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': `${HEADERS.keyknoxHash}, ${HEADERS.isSuperseded}, Retry-After`,
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
  'Access-Control-Allow-Headers': `Authorization, Content-Type, ${HEADERS.agent}, ${HEADERS.keyknoxPreviousHash}`,
  // Each call is preflighted otherwise. Browsers cap it themselves, Chromium at two hours.
  'Access-Control-Max-Age': '86400',
};

/** Adds the headers, and answers a preflight for any path but those that are closed to pages. */
export function allowOrigins({ closedPaths }: { closedPaths: readonly string[] }): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (closedPaths.includes(c.req.path)) return next();
    for (const [name, value] of Object.entries(CORS_HEADERS)) c.header(name, value);
    if (c.req.method !== 'OPTIONS') return next();
    for (const [name, value] of Object.entries(PREFLIGHT_HEADERS)) c.header(name, value);
    return c.body(null, 204);
  };
}
