/** What the demo puts in front of the sample backend: routes that answer what is theirs, and refuse whom they are not for. */
import { isLoopback } from '@sotto/auth';
import { isSdkError } from '@sotto/core';
import type { App } from '../backend.ts';
import { DEMO_ERRORS, demoError, isDemoErrorCode } from './errors.ts';

/** Undefined: not one of mine. */
export type Route = (request: Request, url: URL) => Promise<Response | undefined> | undefined;

const MAX_BODY_BYTES = 16 * 1024;

/** No CORS: this is for the page of this origin alone. */
export const OWN_PAGE_HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/**
 * `app` behind `routes`, which are asked in this order and on this machine alone: under another name, such as one that was
 * rebound to it, they are not there.
 */
export function withRoutes(app: App, routes: readonly Route[]): App {
  return {
    async fetch(request) {
      const url = new URL(request.url);
      if (!isLoopback(url.hostname)) return app.fetch(request);
      for (const route of routes) {
        const answer = await route(request, url);
        if (answer) return answer;
      }
      return app.fetch(request);
    },
  };
}

/** Answers with the JSON that `task` gives, or with the code that it refuses by. Other errors are passed on. */
export async function answerJson(task: () => Promise<unknown>): Promise<Response> {
  try {
    return Response.json(await task(), { headers: OWN_PAGE_HEADERS });
  } catch (error) {
    if (!isSdkError(error) || !isDemoErrorCode(error.code)) throw error;
    const { status } = DEMO_ERRORS[error.code];
    return Response.json({ code: error.code, message: error.message }, { status, headers: OWN_PAGE_HEADERS });
  }
}

/** @throws `demo/foreign-page` for what a page of another origin asks */
export function checkOwnPage(request: Request, url: URL): void {
  const origin = request.headers.get('Origin');
  const isNeeded = request.method !== 'GET';
  if (origin === null ? isNeeded : origin !== url.origin) throw demoError('demo/foreign-page');
}

/** The JSON object that the page of this origin sent. @throws `demo/foreign-page`, `demo/no-json`, `demo/too-large` */
export async function readOwnJson(request: Request, url: URL): Promise<Readonly<Record<string, unknown>>> {
  checkOwnPage(request, url);
  // A form of another page could be sent without asking; this type cannot.
  if (!/^application\/json *(;|$)/i.test(request.headers.get('Content-Type') ?? '')) throw demoError('demo/no-json');
  if (Number(request.headers.get('Content-Length') ?? 0) > MAX_BODY_BYTES) throw demoError('demo/too-large');
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) throw demoError('demo/too-large');
  const body = parseJson(Buffer.from(bytes).toString('utf8'));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw demoError('demo/no-json');
  return { ...body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
