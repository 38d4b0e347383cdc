import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromWire, toWire, type WireRequest } from './routes/wire/wire-kit.ts';
import { createWorld, sendRaw, type World } from './test-kit.ts';

const EVERYWHERE = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world.close());

async function headersOf(request: WireRequest | string): Promise<Headers> {
  const bytes = typeof request === 'string' ? request : toWire(request);
  return fromWire(await sendRaw(world.service.port, bytes)).headers;
}

test.each<[string, WireRequest | string]>([
  ['an answer', { line: 'GET /openapi.json' }],
  ['the description of the service', { line: 'GET /.well-known/sotto' }],
  ['a preflight', { line: 'OPTIONS /card/v5' }],
  ['a refusal', { line: 'GET /card/v5/abc' }],
  ['an unknown path', { line: 'GET /no/such' }],
  ['a method that is not taken', { line: 'HEAD /card/v5' }],
  ['what the adapter refuses', { line: 'GET no-path' }],
  ['what Node refuses', 'nonsense\r\n\r\n'],
  ['a request to be a proxy', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n'],
])('%s can be neither guessed at, nor framed, nor kept, and does not say what has made it', async (_, request) => {
  const headers = await headersOf(request);
  expect(Object.fromEntries(headers)).toMatchObject(
    Object.fromEntries(Object.entries(EVERYWHERE).map(([name, value]) => [name.toLowerCase(), value])),
  );
  expect(headers.get('Cache-Control')).toBe('no-store');
  for (const name of ['Server', 'X-Powered-By', 'Strict-Transport-Security']) expect(headers.get(name)).toBeNull();
});

test('what is open to pages of other origins says so, and the rest is for its own', async () => {
  const policy = async (line: string) => (await headersOf({ line })).get('Cross-Origin-Resource-Policy');
  for (const line of ['GET /card/v5/abc', 'GET /.well-known/sotto', 'GET /no/such', 'GET no-path']) {
    expect(await policy(line)).toBe('cross-origin');
  }
  for (const line of ['HEAD /healthz', 'HEAD /readyz', 'HEAD /metrics', 'HEAD /openapi.json']) {
    expect(await policy(line)).toBe('same-origin');
  }
});
