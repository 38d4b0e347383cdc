/** The chat app as it was built, at `/` for browsers. Whoever takes anything, such as curl, gets the backend's list of routes. */
import { fileURLToPath } from 'node:url';
import { createContentPolicy } from './content-policy.ts';
import { readFileBelow } from './read-file-below.ts';
import type { Route } from './routes.ts';

export interface ServeAppOptions {
  /** Origins that the page talks to beside its own. */
  readonly connectTo: readonly string[];
  /** Where the build is; that of `tools/build-chat-app.js` unless given. */
  readonly folder?: string;
}

const FOLDER = fileURLToPath(new URL('../../../dist/page/', import.meta.url));

/** Files whose names hold a hash of their content. */
const ASSETS = '/assets/';

/** The page itself is not among them: it is at `/`. */
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  woff2: 'font/woff2',
};

const NOT_BUILT = `The chat app is not built. In a checkout of Sotto, "npm start" builds it.\n`;

export function serveApp({ connectTo, folder = FOLDER }: ServeAppOptions): Route {
  const headers = {
    'Content-Security-Policy': createContentPolicy(connectTo),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };

  const answerPage = async (): Promise<Response> => {
    const html = await readFileBelow(folder, 'index.html');
    return new Response(html ?? NOT_BUILT, {
      status: html ? 200 : 503,
      headers: {
        ...headers,
        'Content-Type': `text/${html ? 'html' : 'plain'}; charset=utf-8`,
        'Cache-Control': 'no-store',
        Vary: 'Accept',
      },
    });
  };

  const answerFile = async (pathname: string): Promise<Response | undefined> => {
    const type = TYPES[pathname.slice(pathname.lastIndexOf('.') + 1)];
    const content = type && (await readFileBelow(folder, pathname.slice(1)));
    if (!content) return undefined;
    const caching = pathname.startsWith(ASSETS) ? 'public, max-age=31536000, immutable' : 'no-store';
    return new Response(content, { headers: { ...headers, 'Content-Type': type, 'Cache-Control': caching } });
  };

  return async (request, { pathname }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    if (pathname !== '/') return answerFile(pathname);
    return wantsHtml(request) ? answerPage() : undefined;
  };
}

function wantsHtml(request: Request): boolean {
  return /\btext\/html\b/i.test(request.headers.get('Accept') ?? '');
}
