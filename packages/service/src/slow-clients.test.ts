import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Env } from './routes/env.ts';
import { listen, type Listener } from './socket.ts';

// The limits of production, shorter.
const timeLimits = {
  headersMilliseconds: 300,
  requestMilliseconds: 600,
  stallMilliseconds: 1000,
  checkMilliseconds: 50,
  lingerMilliseconds: 200,
};

const SLOW = /^HTTP\/1\.1 408 .*"code":70004/s;

let listener: Listener;
let refusals: string[];
let timers: NodeJS.Timeout[];

beforeEach(async () => {
  timers = [];
  refusals = [];
  const app = new Hono<Env>();
  app.post('/', async (c) => c.text(await c.req.text()));
  app.get('/much', (c) => c.body('x'.repeat(50_000_000)));
  app.get('/', (c) => c.text('served'));
  app.onError((_, c) => c.body(null, 400)); // of a body that was cut off; nobody reads it
  const onRefusal = (name: string) => refusals.push(name);
  listener = await listen(app, { host: '127.0.0.1', port: 0, timeLimits, onRefusal });
});

afterEach(async () => {
  timers.forEach(clearInterval);
  await listener.close();
});

/** Sends the beginning at once and then a little again and again, as one does who wants to keep a connection busy. */
function sendSlowly(beginning: string, drop: string): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(listener.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(beginning);
    timers.push(setInterval(() => socket.writable && socket.write(drop), 20));
  });
}

test.each([
  ['headers that never end', 'GET / HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n'],
  ['a header that never ends', 'GET / HTTP/1.1\r\nHost: a\r\nX: ', 'y'],
  ['a request line that never ends', 'GET /', 'y'],
  ['a body that never ends', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n', 'y'],
  ['chunks that never end', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\ny\r\n'],
  ['trailers that never end', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'X: y\r\n'],
])('%s are cut off, and told so', async (_, beginning, drop) => {
  expect(await sendSlowly(beginning, drop)).toMatch(SLOW);
  expect(refusals).toEqual(['request/too-slow']);
});

test('who says nothing at all is cut off', async () => {
  expect(await sendSlowly('', '')).toMatch(SLOW);
});

test.each([
  ['nonsense', 'nonsense\r\n\r\n'],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['a wish for a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['headers that do not come', 'GET / HTTP/1.1\r\n'],
])('who is refused for %s, and never closes, is closed', async (_, text) => {
  const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined).write(text);
  await once(socket.resume(), 'end');
  await vi.waitFor(() => expect(listener.readTraffic().connections).toBe(0));
  socket.destroy();
});

test('who asks for much and does not read it is cut off', async () => {
  const socket = connect(listener.port, '127.0.0.1').on('error', () => undefined);
  socket.pause().write('GET /much HTTP/1.1\r\nHost: a\r\n\r\n');
  await vi.waitFor(() => expect(listener.readTraffic().requestsInFlight).toBe(1));
  await vi.waitFor(() => expect(listener.readTraffic().connections).toBe(0), { timeout: 10_000 });
  socket.destroy();
});

test('a hundred of them keep nobody else waiting', async () => {
  const slow = Array.from({ length: 100 }, () => sendSlowly('GET / HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n'));
  const response = await fetch(`http://127.0.0.1:${listener.port}/`);
  expect(await response.text()).toBe('served');
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(SLOW);
  expect(listener.readTraffic().requestsInFlight).toBe(0);
});
