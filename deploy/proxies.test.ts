// The proxies in front of the service, each by its own program over TLS: what reaches the service, what it takes for the client's address, and what is
// logged.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS, SERVICE_ERRORS } from '@sotto/contract';
import { findFreePort } from '@sotto/testing/postgres';
import { startWorld, type World } from '@sotto/testing/world';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  isInstalled,
  makeCertificate,
  type Ports,
  type Proxy,
  proxies,
  type RunningProxy,
  runProxy,
} from './proxy-kit.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

for (const [name, proxy] of Object.entries(proxies)) {
  const isThere = isInstalled(proxy);
  const skipped = isThere ? '' : ` (skipped, ${proxy.program} is not installed)`;
  describe.runIf(isThere)(`${name}${skipped}`, () => tryProxy(name, proxy));
}

function tryProxy(name: string, proxy: Proxy): void {
  let folder: string;
  let world: World;
  let token: string;
  let ports: Ports;
  let running: RunningProxy;
  let check: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sotto-proxy-'));
    makeCertificate(folder);
    world = await startWorld();
    token = `Virgil ${await world.app.issuer.issue('canary')}`;
    ports = { http: await findFreePort(), https: await findFreePort(), nodes: [world.service.port] };
    const prepared = proxy.prepare(folder, ports);
    check = prepared.check;
    running = runProxy(proxy, { folder, args: prepared.run });
    await vi.waitFor(async () => expect((await send({ path: '/readyz' })).status).toBe(200), { timeout: 20_000 });
  });
  afterAll(async () => {
    await running.close();
    await world.close();
    rmSync(folder, { recursive: true });
  });

  const send = (options: RequestOptions, body?: Buffer): Promise<Answer> =>
    exchange(requestHttps, { port: ports.https, ca: readFileSync(join(folder, 'cert.pem')), ...options }, body);

  it('has no fault that its program finds', () => {
    const { status, stderr } = spawnSync(proxy.program, check, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  });

  it('brings a request and its answer, with headers for pages', async () => {
    const headers = { Authorization: token, Origin: 'https://app.example' };
    const { status, headers: answered, body } = await send({ path: `/card/v5/${'0'.repeat(64)}`, headers });
    expect(status).toBe(404);
    expect(JSON.parse(body)).toHaveProperty('code');
    expect(answered['access-control-allow-origin']).toBe('*');
    expect(answered['strict-transport-security']).toMatch(/^max-age=\d{8}$/);
    expect(world.seen.at(-1)?.headers['authorization']).toBe(token);
  });

  it('tells the address of the client, and not the one that the client claims', async () => {
    await send({ path: '/healthz', headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(world.seen.at(-1)?.headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('brings the largest body, and of a larger one the refusal in words that clients know', async () => {
    const post = (bytes: number) =>
      send({ path: '/card/v5', method: 'POST', headers: { Authorization: token } }, Buffer.alloc(bytes, 32));
    expect((await post(LIMITS.bodyBytes)).status).not.toBe(413);
    const { status, body } = await post(LIMITS.bodyBytes + 1);
    expect({ status, code: (JSON.parse(body) as { code: number }).code }).toEqual({
      status: SERVICE_ERRORS['body/too-large'].status,
      code: SERVICE_ERRORS['body/too-large'].code,
    });
  });

  it.each(['/metrics', '/metrics/', '//metrics', '/%6detrics', '/METRICS', '/card/../metrics'])(
    'keeps %s to itself',
    async (path) => {
      const before = world.seen.length;
      expect((await send({ path })).status).toBe(404);
      expect(world.seen.slice(before).map((request) => request.path)).toEqual([]);
    },
  );

  it('sends who comes without TLS to where there is', async () => {
    const options = { port: ports.http, path: '/card/v5', headers: { Host: 'localhost' } };
    const { status, headers } = await exchange(requestHttp, options);
    expect(status).toBe(308);
    expect(headers['location']).toMatch(/^https:\/\/localhost(:\d+)?\/card\/v5$/);
  });

  it('logs requests without tokens and queries', async () => {
    const readLog = () =>
      running.log() + (name === 'nginx.conf' ? readFileSync(join(folder, 'access.log'), 'utf8') : '');
    const headers = { Authorization: token, 'User-Agent': 'canary' };
    await send({ path: '/healthz?identity=canary', method: 'OPTIONS', headers });
    await vi.waitFor(() => expect(readLog()).toContain('OPTIONS'));
    for (const secret of ['canary', token.slice(7, 40)]) expect(readLog()).not.toContain(secret);
  });
}

/** The path goes out as it is given. */
function exchange(
  request: typeof requestHttp | typeof requestHttps,
  options: RequestOptions,
  body?: Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': body.length };
    const headers = { ...length, ...(options.headers as Record<string, string> | undefined) };
    const sent = request({ host: 'localhost', family: 4, agent: false, ...options, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
