import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withRoutes } from './routes.ts';
import { serveApp } from './serve-app.ts';

const ORIGIN = 'http://localhost:3000';
const BACKEND = 'the routes of the backend';
const asBrowser = { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

let parent: string;
let app: ReturnType<typeof withRoutes>;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sotto-app-'));
  const folder = join(parent, 'page');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(parent, 'secret.js'), 'secret');
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>chat</title>');
  await writeFile(join(folder, '.sources'), 'a digest');
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, 'assets/index-Ab_-1.js'), 'let it = 1;');
  await writeFile(join(folder, 'assets/index-Cd.css'), 'body {}');
  await writeFile(join(folder, 'assets/image-Ef.png'), Buffer.from([0x89, 0x50, 0xff, 0x00]));
  app = serving(folder);
});
afterAll(() => rm(parent, { recursive: true }));

const serving = (folder: string) =>
  withRoutes({ fetch: () => new Response(BACKEND) }, [
    serveApp({ connectTo: ['http://127.0.0.1:8090', 'ws://127.0.0.1:8090'], folder }),
  ]);
const get = async (path: string, init?: RequestInit) => app.fetch(new Request(new URL(path, ORIGIN), init));

describe('the chat app', () => {
  it('is at / for browsers, under a policy that lets it load and reach nothing else', async () => {
    const page = await get('/', asBrowser);
    expect(await page.text()).toContain('<title>chat</title>');
    expect(Object.fromEntries(page.headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
        "connect-src 'self' http://127.0.0.1:8090 ws://127.0.0.1:8090; worker-src 'self' blob:; object-src 'none'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
    });
  });

  it('leaves / to the backend for whoever takes anything', async () => {
    for (const init of [undefined, { headers: { Accept: '*/*' } }, { ...asBrowser, method: 'POST' }]) {
      expect(await (await get('/', init)).text()).toBe(BACKEND);
    }
  });

  it.each([
    ['/assets/index-Ab_-1.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/index-Cd.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/image-Ef.png', 'image/png', 'public, max-age=31536000, immutable'],
    ['/favicon.svg', 'image/svg+xml', 'no-store'],
  ])('has %s', async (path, type, caching) => {
    const { headers, status } = await get(path);
    expect({ status, type: headers.get('Content-Type'), caching: headers.get('Cache-Control') }).toEqual({
      status: 200,
      type,
      caching,
    });
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Content-Security-Policy')).toContain("script-src 'self'");
  });

  it('gives bytes as they are', async () => {
    expect(new Uint8Array(await (await get('/assets/image-Ef.png')).arrayBuffer())).toEqual(
      Uint8Array.of(0x89, 0x50, 0xff, 0x00),
    );
  });

  it.each([
    ['/index.html'],
    ['/.sources'],
    ['/assets/'],
    ['/assets'],
    ['/assets/absent.js'],
    ['/../secret.js'],
    ['/%2e%2e/secret.js'],
    ['/..%2fsecret.js'],
    ['/assets/..%2f..%2fsecret.js'],
    ['/assets/..%5c..%5csecret.js'],
    ['//etc/passwd.js'],
    ['/%2fetc%2fpasswd.js'],
    ['/assets/index-Ab_-1.js%00'],
  ])('does not reach to %s', async (path) => {
    expect(await (await get(path, asBrowser)).text()).toBe(BACKEND);
  });

  it('is for this machine alone', async () => {
    for (const host of ['127.0.0.1:3000', '[::1]:3000']) {
      expect(await (await get(`http://${host}/`, asBrowser)).text()).toContain('<title>chat</title>');
    }
    for (const host of ['rebound.example', 'localhost.example', '10.0.0.1']) {
      expect(await (await get(`http://${host}/`, asBrowser)).text()).toBe(BACKEND);
    }
  });

  it('says how it is built where it was not', async () => {
    const page = await serving(join(parent, 'absent')).fetch(new Request(ORIGIN, asBrowser));
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm start');
  });
});
