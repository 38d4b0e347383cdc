import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Env } from './routes/env.ts';
import { listen, type Listener } from './socket.ts';
import { sendRaw } from './test-kit.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

let listener: Listener;
let asked: string[];
let sockets: Socket[];

beforeEach(async () => {
  asked = [];
  sockets = [];
  const app = new Hono<Env>();
  app.all('*', (c) => {
    asked.push(c.req.path);
    return c.req.path === '/never' ? new Promise<Response>(() => {}) : c.text('served');
  });
  listener = await listen(app, { host: '127.0.0.1', port: 0, mostConnections: 3 });
});

afterEach(async () => {
  sockets.forEach((socket) => socket.destroy());
  await listener.close();
});

async function open(text = ''): Promise<Socket> {
  const socket = connect(listener.port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

test.each([
  ['two hosts', 'GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['a coding before chunks', 'POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
])('what is hidden behind a request with %s is not done', async (_, malformed) => {
  const answers = await sendRaw(listener.port, get('/before') + malformed + get('/hidden') + 'nonsense\r\n\r\n');
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  expect(asked).toEqual(['/before']);
});

test('of a client that is gone nothing is kept, though it has asked for much at once', async () => {
  const socket = await open(get('/never').repeat(100));
  await vi.waitFor(() => expect(listener.readTraffic().requestsInFlight).toBe(100));
  socket.destroy();
  await vi.waitFor(() => expect(listener.readTraffic()).toMatchObject({ connections: 0, requestsInFlight: 0 }));
});

test('one connection more than there may be is closed at once, and counted', async () => {
  for (let number = 0; number < 3; number++) await open();
  await vi.waitFor(() => expect(listener.readTraffic().connections).toBe(3));
  const [first] = sockets;
  await once(await open(), 'close');
  expect(listener.readTraffic()).toMatchObject({ connections: 3, connectionsRefused: 1 });

  first?.destroy();
  await vi.waitFor(() => expect(listener.readTraffic().connections).toBe(2));
  expect((await fetch(`http://127.0.0.1:${listener.port}/`)).status).toBe(200);
});
