import { createHash } from 'node:crypto';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { withDemoPage } from './demo-page.ts';
import { createRequestRecord } from './request-record.ts';

const ORIGIN = 'http://localhost:3000';
const MAIN = '/demo/page/main.js';

const record = createRequestRecord();
const backend = {
  fetch: (request: Request) => new Response(`${request.method} to the backend`, { status: 404 }),
};
const app = withDemoPage(backend, { apiUrl: 'http://127.0.0.1:8080', record });
const get = async (path: string, init: RequestInit = {}) => app.fetch(new Request(new URL(path, ORIGIN), init));
const getPage = () => get('/', { headers: { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } });
const isOfBackend = async (response: Response) => (await response.text()).endsWith(' to the backend');

describe('GET /', () => {
  it('is the page for a browser', async () => {
    const response = await getPage();
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('Vary')).toBe('Accept');
    expect(await response.text()).toContain('<h1>');
  });

  it.each([['*/*'], ['application/json'], ['text/plain, */*']])('is the backend for who takes %s', async (accept) => {
    expect(await isOfBackend(await get('/', { headers: { Accept: accept } }))).toBe(true);
  });

  it('allows what the page needs and nothing else', async () => {
    const response = await getPage();
    const inline = /<script type="importmap">([^]*?)<\/script>/.exec(await response.text())![1]!;
    const hash = createHash('sha256').update(inline).digest('base64');
    expect(response.headers.get('Content-Security-Policy')).toBe(
      `default-src 'none'; script-src 'self' 'sha256-${hash}'; style-src 'self'; ` +
        "connect-src 'self' http://127.0.0.1:8080; img-src 'self' data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('has nothing inline that the policy would stop', async () => {
    const html = await (await getPage()).text();
    expect(html.match(/<script(?![^>]* src=)[^>]*>/g)).toEqual(['<script type="importmap">']);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/);
  });

  it('leads to files that there are', async () => {
    const html = await (await getPage()).text();
    const paths = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 200]);
  });
});

describe('the modules', () => {
  it('are all there, and none of them is for Node', async () => {
    const { imports } = await readImportMap();
    const { visited, bare, lost } = await walkFrom(MAIN, imports);
    expect(lost).toEqual([]);
    expect([...bare].filter((specifier) => specifier.startsWith('node:'))).toEqual([]);
    expect([...bare]).toEqual(expect.arrayContaining(['@sotto/e3kit', '@sotto/core', '@sotto/contract']));
    expect(visited.size).toBeGreaterThan(30);
  });

  it('are those of the packages, as scripts that are asked for each time', async () => {
    const { imports } = await readImportMap();
    const response = await get(imports['@sotto/e3kit']!);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it('name no source maps, which are not served', async () => {
    const { imports } = await readImportMap();
    expect(await (await get(imports['@sotto/core']!)).text()).not.toContain('sourceMappingURL');
  });

  it.each([
    ['/demo/modules/@sotto/core/dist/absent.js'],
    ['/demo/modules/@sotto/core/package.json'],
    ['/demo/modules/@sotto/core/dist/index.d.ts'],
    ['/demo/modules/@sotto/core/dist/index.js.map'],
    ['/demo/modules/@sotto/core/src/index.ts'],
    ['/demo/modules/@sotto/core/'],
    ['/demo/modules/@sotto/service/dist/index.js'],
    ['/demo/modules/hono/dist/index.js'],
    ['/demo/modules/@sotto/core/dist/../../auth/dist/index.js'],
    ['/demo/modules/@sotto/core/dist/%2e%2e/%2e%2e/auth/dist/index.js'],
    ['/demo/modules/@sotto/core/dist/..%2f..%2fauth/dist/index.js'],
    ['/demo/modules/@sotto/core/dist/..%5c..%5cauth%5cdist%5cindex.js'],
    ['/demo/modules/@noble/hashes/..%2f..%2fhono/dist/index.js'],
    ['/demo/modules//etc/passwd.js'],
    ['/demo/modules/%2fetc%2fpasswd.js'],
    ['/demo/page/../package.json'],
    ['/demo/page/..%2fpackage.json'],
    ['/demo/page/'],
    ['/demo/'],
  ])('do not reach to %s', async (path) => {
    expect(await isOfBackend(await get(path))).toBe(true);
  });
});

describe('GET /demo/seen', () => {
  const seen = async (query = '') => (await get(`/demo/seen${query}`)).json();

  it('tells where the record stands, and what came since', async () => {
    const { run, last } = (await seen()) as { run: string; last: number };
    record.note({ method: 'POST', path: '/card/v5', headers: { authorization: 'Virgil secret-token' }, body: '{}' });
    const answer = await seen(`?after=${last}`);
    expect(answer).toEqual({
      run,
      last: last + 1,
      requests: [{ number: last + 1, method: 'POST', path: '/card/v5', size: 2, body: '{}', isCut: false }],
    });
    expect(JSON.stringify(answer)).not.toContain('secret-token');
    expect(await seen()).toEqual({ run, last: last + 1, requests: [] });
  });

  it.each([['?after='], ['?after=-1'], ['?after=x'], ['?after=1e3']])('takes %s for no number', async (query) => {
    expect(await seen(query)).toMatchObject({ requests: [] });
  });

  it('is for pages of this machine alone', async () => {
    const response = await get('/demo/seen');
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    for (const host of ['127.0.0.1:3000', '[::1]:3000']) {
      expect((await get(`http://${host}/demo/seen`)).status).toBe(200);
    }
    for (const host of ['rebound.example', 'localhost.example', '10.0.0.1']) {
      expect(await isOfBackend(await get(`http://${host}/demo/seen`))).toBe(true);
    }
  });
});

it('leaves all else to the backend', async () => {
  expect(await isOfBackend(await get('/config'))).toBe(true);
  expect(await isOfBackend(await get('/demo/seen', { method: 'POST' }))).toBe(true);
  expect(await isOfBackend(await get('/', { method: 'POST', headers: { Accept: 'text/html' } }))).toBe(true);
});

async function readImportMap() {
  const html = await (await getPage()).text();
  return JSON.parse(/<script type="importmap">([^]*?)<\/script>/.exec(html)![1]!) as {
    imports: Record<string, string>;
  };
}

/** Follows each import as a browser would: `lost` has those that lead nowhere. */
async function walkFrom(start: string, imports: Record<string, string>) {
  const visited = new Set<string>([start]);
  const bare = new Set<string>();
  const lost: string[] = [];
  for (const path of visited) {
    const response = await get(path);
    if (response.status !== 200) {
      lost.push(path);
      continue;
    }
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    for (const { fileName: specifier } of ts.preProcessFile(await response.text(), true, true).importedFiles) {
      if (!/^[./]/.test(specifier)) bare.add(specifier);
      const target = /^[./]/.test(specifier) ? specifier : mapSpecifier(imports, specifier);
      if (target === undefined) lost.push(`${specifier} in ${path}`);
      else visited.add(new URL(target, new URL(path, ORIGIN)).pathname);
    }
  }
  return { visited, bare, lost };
}

function mapSpecifier(imports: Record<string, string>, specifier: string): string | undefined {
  const folder = Object.keys(imports).find((name) => name.endsWith('/') && specifier.startsWith(name));
  return imports[specifier] ?? (folder && imports[folder] + specifier.slice(folder.length));
}
