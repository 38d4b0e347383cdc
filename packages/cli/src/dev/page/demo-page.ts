/**
 * The page of `sotto dev --demo`, in front of the sample backend: at `/` for browsers, with what it loads and asks for
 * below `/demo/`. It is plain ES modules (packages/cli/page), and so needs no build.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isLoopback } from '@sotto/auth';
import { openClientModules } from './client-modules.ts';
import { readFileBelow } from './read-file-below.ts';
import type { RequestRecord } from './request-record.ts';

/** Whatever answers requests, such as the sample backend. */
export interface App {
  fetch(request: Request): Response | Promise<Response>;
}

export interface DemoPageOptions {
  /** The service, which the page may talk to. */
  readonly apiUrl: string;
  readonly record: RequestRecord;
}

const PAGE_FOLDER = fileURLToPath(new URL('../../../page/', import.meta.url));
const PAGE_URL = '/demo/page/';
const MODULES_URL = '/demo/modules/';
const SEEN_URL = '/demo/seen';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Of every answer. No CORS: what the service saw is for this page alone. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** `backend` with the page in front of it; what is not the page's is the backend's. */
export function withDemoPage(backend: App, { apiUrl, record }: DemoPageOptions): App {
  const modules = openClientModules(MODULES_URL);
  const importMap = JSON.stringify({ imports: modules.imports }, null, 2);
  const policy = createPolicy({ apiUrl, importMap });

  const answer = async (request: Request): Promise<Response | undefined> => {
    const { pathname, hostname, searchParams } = new URL(request.url);
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    if (pathname === '/') return wantsHtml(request) ? answerPage(importMap, policy) : undefined;
    if (pathname === SEEN_URL) return isLoopback(hostname) ? answerSeen(record, searchParams) : undefined;
    if (pathname.startsWith(MODULES_URL)) {
      return answerFile(pathname, await modules.read(pathname.slice(MODULES_URL.length)));
    }
    if (pathname.startsWith(PAGE_URL)) {
      return answerFile(pathname, await readFileBelow(PAGE_FOLDER, pathname.slice(PAGE_URL.length)));
    }
    return undefined;
  };
  return { fetch: async (request) => (await answer(request)) ?? backend.fetch(request) };
}

/** Those who take anything, such as curl and fetch, get the backend's list of routes. */
function wantsHtml(request: Request): boolean {
  return /\btext\/html\b/i.test(request.headers.get('Accept') ?? '');
}

/** Nothing inline but the import map, which no browser takes from a file. */
function createPolicy({ apiUrl, importMap }: { apiUrl: string; importMap: string }): string {
  const hash = createHash('sha256').update(importMap).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    `connect-src 'self' ${new URL(apiUrl).origin}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function answerPage(importMap: string, policy: string): Promise<Response> {
  const html = (await readFileBelow(PAGE_FOLDER, 'index.html')) ?? '';
  return new Response(
    html.replace('{{import map}}', () => importMap),
    {
      headers: {
        ...HEADERS,
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': policy,
        Vary: 'Accept',
      },
    },
  );
}

function answerFile(pathname: string, text: string | undefined): Response | undefined {
  const type = TYPES[pathname.slice(pathname.lastIndexOf('.') + 1)];
  if (text === undefined || type === undefined) return undefined;
  return new Response(text, { headers: { ...HEADERS, 'Content-Type': type } });
}

/** `?after=<number>` for the requests since then; without it, only where the record stands. */
function answerSeen(record: RequestRecord, query: URLSearchParams): Response {
  const after = /^\d{1,15}$/.exec(query.get('after') ?? '')?.[0];
  const requests = after === undefined ? [] : record.after(Number(after));
  return Response.json({ run: record.run, last: record.last(), requests }, { headers: HEADERS });
}
