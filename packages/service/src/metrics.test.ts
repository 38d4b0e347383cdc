import { readFileSync } from 'node:fs';
import { SERVICE_ERRORS } from '@sotto/contract';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import type { BrainKeyComputer } from './domain/brain-key.ts';
import { createMetrics } from './metrics.ts';
import { callService, createCard, createWorld, sendRaw, type World } from './test-kit.ts';

/** The value of a series, written as it is read. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((line) => line.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('what a service counts', () => {
  let world: World;

  afterEach(() => world.close());

  async function read(): Promise<string> {
    return (await fetch(`${world.service.url}/metrics`)).text();
  }

  test('are its answers by route, method and status, and how long they took', async () => {
    world = await createWorld();
    const { raw } = await createCard('alice');
    await world.publish(raw, 'alice');
    await world.publish(raw, 'alice');
    await world.call({ path: '/somebody/private' });
    await world.call({ method: 'PROPFIND', path: '/card/v5' });
    const text = await read();
    expect(valueOf(text, 'sotto_requests_total{route="/card/v5",method="POST",status="200"}')).toBe(1);
    expect(valueOf(text, 'sotto_requests_total{route="/card/v5",method="POST",status="400"}')).toBe(1);
    expect(valueOf(text, 'sotto_requests_total{route="/*",method="GET",status="404"}')).toBe(1);
    expect(valueOf(text, 'sotto_requests_total{route="/card/v5",method="other",status="405"}')).toBe(1);
    expect(valueOf(text, 'sotto_request_seconds_count{route="/card/v5",method="POST"}')).toBe(2);
    expect(valueOf(text, 'sotto_refusals_total{error="card/id-taken"}')).toBe(1);
    expect(valueOf(text, 'sotto_refusals_total{error="route/unknown"}')).toBe(1);
    expect(valueOf(text, 'sotto_requests_in_flight')).toBe(1);
  });

  test('are the transactions of the store, and bytes and refusals of connections', async () => {
    world = await createWorld();
    const before = await read();
    await world.publish((await createCard('alice')).raw, 'alice');
    await sendRaw(world.service.port, 'nonsense\r\n\r\n');
    const after = await read();
    const grown = (series: string) => valueOf(after, series)! - valueOf(before, series)!;
    expect(grown('sotto_transaction_seconds_count{outcome="committed"}')).toBe(1);
    expect(grown('sotto_refusals_total{error="request/malformed"}')).toBe(1);
    expect(grown('sotto_network_bytes_total{direction="in"}')).toBeGreaterThan(1000);
    expect(grown('sotto_network_bytes_total{direction="out"}')).toBeGreaterThan(1000);
    expect(valueOf(after, 'sotto_connections')).toBeGreaterThan(0);
  });

  test('are requests that were too many, by what there were too many of', async () => {
    world = await createWorld({ requestRates: { address: undefined, identity: 1, application: undefined } });
    const token = await world.token({ identity: 'alice' });
    for (let number = 0; number < 40; number++) await world.call({ path: '/card/v5/abc', token });
    const text = await read();
    expect(valueOf(text, 'sotto_rate_refusals_total{kind="identity"}')).toBeGreaterThan(0);
    expect(valueOf(text, 'sotto_rate_refusals_total{kind="address"}')).toBe(0);
  });

  test('holds no identity, application, card, token or address', async () => {
    world = await createWorld();
    const { raw } = await createCard('alice@example.org');
    await world.publish(raw, 'alice@example.org');
    const text = await read();
    for (const secret of ['alice', world.appId, world.appKeyId, '127.0.0.1']) expect(text).not.toContain(secret);
  });
});

describe('/metrics', () => {
  const metricsToken = 'a-token-for-the-tests';
  let world: World;

  afterEach(() => world.close());

  test('is for this machine alone, and for nobody who comes through a proxy or a page on it', async () => {
    world = await createWorld();
    const response = await fetch(`${world.service.url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
    const head = 'GET /metrics HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(world.service.port, head)).toMatch(/^HTTP\/1\.1 404 /);
    for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via']) {
      const answer = await callService(world.service.url, { path: '/metrics', headers: { [name]: '127.0.0.1' } });
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 404, code: 70000 });
    }
  });

  test('with a token is for who shows it, and to all others there is no such path', async () => {
    world = await createWorld({ metricsToken });
    const ask = (headers: Record<string, string> = {}) => fetch(`${world.service.url}/metrics`, { headers });
    expect((await ask({ Authorization: `Bearer ${metricsToken}` })).status).toBe(200);
    expect((await ask({ Authorization: `bearer ${metricsToken}`, 'X-Forwarded-For': '192.0.2.1' })).status).toBe(200);
    for (const value of [
      '',
      `Bearer ${metricsToken}x`,
      `Bearer ${metricsToken.slice(1)}`,
      `Basic ${metricsToken}`,
      `Virgil ${metricsToken}`,
    ]) {
      expect((await ask({ Authorization: value })).status).toBe(404);
    }
    expect((await ask()).status).toBe(404);
  });

  test('takes no other method, and tells so only whom it is for', async () => {
    world = await createWorld();
    expect((await world.call({ method: 'POST', path: '/metrics' })).status).toBe(405);
    await world.restart({ metricsToken });
    const answer = await world.call({ method: 'POST', path: '/metrics' });
    expect(answer.status).toBe(404);
  });
});

test('brain keys are counted while they are computed, and timed, whatever comes of them', async () => {
  const metrics = createMetrics({ clock: Date.now, ofProcess: false });
  let finish = (): void => undefined;
  const computer: BrainKeyComputer = {
    hasRoom: () => true,
    transformPythia: () => new Promise((resolve) => (finish = () => resolve(new Uint8Array()))),
    hardenPoint: () => Promise.reject(new Error('no')),
  };
  const watched = metrics.watchBrainKeys(computer);
  const user = { application: 'a', identity: 'alice' };
  const running = watched.transformPythia({ ...user, blindedPassword: new Uint8Array(), brainKeyId: undefined });
  expect(valueOf((await metrics.read()).text, 'sotto_brain_key_jobs')).toBe(1);
  finish();
  await running;
  await expect(watched.hardenPoint({ ...user, blindedPoint: new Uint8Array() })).rejects.toThrow('no');
  const { text } = await metrics.read();
  expect(valueOf(text, 'sotto_brain_key_jobs')).toBe(0);
  expect(valueOf(text, 'sotto_brain_key_seconds_count')).toBe(2);
});

test('the pool of a database, the certificate and the clock are read when somebody asks', async () => {
  const metrics = createMetrics({ clock: () => 1_700_000_000_500, ofProcess: false });
  metrics.storeEvents.pool?.(() => ({ open: 7, idle: 2, waiting: 3 }));
  metrics.setCertificateEnd(1_800_000_000_000);
  const { text } = await metrics.read();
  expect(valueOf(text, 'sotto_pool_connections{state="used"}')).toBe(5);
  expect(valueOf(text, 'sotto_pool_connections{state="idle"}')).toBe(2);
  expect(valueOf(text, 'sotto_pool_connections{state="waiting"}')).toBe(3);
  expect(valueOf(text, 'sotto_tls_certificate_end_seconds')).toBe(1_800_000_000);
  expect(valueOf(text, 'sotto_time_seconds')).toBe(1_700_000_000.5);
});

test('a proxy that nobody has told the service of is reported once', async () => {
  const lines: string[] = [];
  const world = await createWorld({ logger: pino({ level: 'warn' }, { write: (line) => lines.push(line) }) });
  for (let number = 0; number < 3; number++) {
    await callService(world.service.url, { path: '/healthz', headers: { 'X-Forwarded-For': '192.0.2.1' } });
  }
  expect(lines.filter((line) => line.includes('SOTTO_TRUSTED_PROXIES'))).toHaveLength(1);
  await world.close();
});

describe('what comes with the service for Grafana and Prometheus', () => {
  const dashboard = readFileSync(new URL('../monitoring/grafana-dashboard.json', import.meta.url), 'utf8');
  const alerts = readFileSync(new URL('../monitoring/alerts.yaml', import.meta.url), 'utf8');

  test('is a dashboard with an id, whose panels all ask for something, in places of their own', () => {
    const { uid, panels } = JSON.parse(dashboard) as {
      uid: string;
      panels: { id: number; type: string; targets?: { expr: string }[] }[];
    };
    expect(uid).toBe('sotto-service');
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { type, targets } of panels) if (type !== 'row') expect(targets?.[0]?.expr).toMatch(/\w/);
  });

  test.each([
    ['the dashboard', dashboard],
    ['the alerts', alerts],
  ])('names in %s only metrics and errors that there are', async (_, text) => {
    const { text: known } = await createMetrics({ clock: Date.now, ofProcess: true }).read();
    const types = new Set([...known.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const expressions = text.replace(/SottoS?\w+|"uid": *"[^"]*"/g, '');
    const named = [...expressions.matchAll(/\b((?:sotto|nodejs|process)_[a-z0-9_]+)/g)].map(([, name]) =>
      types.has(name) ? name : name!.replace(/_(bucket|sum|count)$/, ''),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !types.has(name))).toEqual([]);
    const errors = [...expressions.matchAll(/error=\\?"([^"\\]+)\\?"/g)].map(([, name]) => name!);
    expect(errors.filter((name) => !(name in SERVICE_ERRORS))).toEqual([]);
  });

  test('has an alert for each way in which a service fails, each with a name, a condition and words', () => {
    const rules = alerts.split(/^ {6}- alert: /m).slice(1);
    expect(rules.length).toBeGreaterThan(10);
    for (const rule of rules) {
      expect(rule).toMatch(/^Sotto\w+\n {8}expr: \S/);
      expect(rule).toMatch(/\n {8}labels: \{ severity: (warning|critical) \}\n/);
      expect(rule).toMatch(/\n {10}summary: ["'].+\.["']\n/);
    }
  });
});
