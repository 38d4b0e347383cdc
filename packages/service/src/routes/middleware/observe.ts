import type { MiddlewareHandler } from 'hono';
import type { Env } from '../env.ts';
import { readBody } from './body.ts';

/** What the service was sent. */
export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where it was too large to be read. */
  readonly body: string;
}

export type OnRequest = (request: SeenRequest) => void;

/**
 * Shows each request to `onRequest`, for demos and tests that look for what should not be there. It reads the body of
 * requests that would be refused without, and holds tokens and identities: nothing for production.
 */
export function observeRequests(onRequest: OnRequest): MiddlewareHandler<Env> {
  return async (c, next) => {
    // A failure to read is met again, and answered, by whoever needs the body.
    const body = await readBody(c).catch(() => new Uint8Array());
    const { pathname, search } = new URL(c.req.url);
    onRequest({
      method: c.req.method,
      path: pathname + search,
      headers: c.req.header(),
      body: new TextDecoder().decode(body),
    });
    await next();
  };
}
