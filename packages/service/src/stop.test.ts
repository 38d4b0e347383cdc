import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startProgram } from './program-kit.ts';
import { startService } from './service.ts';
import { callService, makeTemporaryFolder } from './test-kit.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = makeTemporaryFolder();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

/** Whatever a load balancer and a client ask while the service is about to stop. */
async function expectDraining(url: string): Promise<void> {
  const ready = await callService(url, { path: '/readyz' });
  expect(ready).toMatchObject({ status: 503, body: { code: 70010, message: expect.stringContaining('(stopping)') } });
  for (const path of ['/healthz', '/.well-known/sotto']) {
    const { status, headers } = await callService(url, { path });
    expect({ status, connection: headers.get('Connection') }).toEqual({ status: 200, connection: 'keep-alive' });
  }
}

interface Connection {
  /** What came back for a request, or as much of it as did. */
  ask(): Promise<string>;
}

async function openConnection(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  // A connection that is reset is one that is closed.
  socket.on('error', () => {});
  return {
    ask: () =>
      new Promise((resolve) => {
        let text = '';
        const end = () => resolve(text);
        socket.on('data', (chunk) => {
          text += String(chunk);
          if (text.endsWith('}')) end();
        });
        if (socket.closed) end();
        socket.once('close', end);
        socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      }),
  };
}

/** One that has had its first answer. */
async function openKept(port: number): Promise<Connection> {
  const connection = await openConnection(port);
  expect(await connection.ask()).toMatch(/^Connection: keep-alive\r$/im);
  return connection;
}

async function isRefused(port: number): Promise<boolean> {
  return openConnection(port).then(
    () => false,
    () => true,
  );
}

describe('a stop', () => {
  test('that is announced serves everybody until its time has come, and load balancers see it', async () => {
    const service = await startService({ dataDir, port: 0 });
    expect((await callService(service.url, { path: '/readyz' })).status).toBe(200);
    const closed = service.close({ drainMilliseconds: 2000 });
    await expectDraining(service.url);
    await closed;
    await expect(fetch(service.url)).rejects.toThrow();
  });

  test('that was announced answers what comes over kept connections when nobody listens any more, and ends them', async () => {
    const service = await startService({ dataDir, port: 0 });
    const kept = await Promise.all([openKept(service.port), openKept(service.port)]);
    const closed = service.close({ drainMilliseconds: 1 });
    await vi.waitFor(() => expect(isRefused(service.port)).resolves.toBe(true), { interval: 5 });
    for (const connection of kept) {
      const answer = await connection.ask();
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer).toMatch(/^Connection: close\r$/im);
    }
    await closed;
  });

  test('that was announced answers whoever is connected and has not asked yet', async () => {
    const service = await startService({ dataDir, port: 0 });
    const connections = await Promise.all(Array.from({ length: 20 }, () => openConnection(service.port)));
    const closed = service.close({ drainMilliseconds: 1 });
    await vi.waitFor(() => expect(isRefused(service.port)).resolves.toBe(true), { interval: 5 });
    const answers = await Promise.all(connections.map(({ ask }) => ask()));
    expect(answers.map((answer) => answer.slice(0, 12))).toEqual(new Array(20).fill('HTTP/1.1 200'));
    await closed;
  });

  test('that is not announced happens at once', async () => {
    const service = await startService({ dataDir, port: 0 });
    await service.close();
    await expect(fetch(service.url)).rejects.toThrow();
  });
});

test('the program announces its stop for as long as it is told to, and the same signal again ends it at once', async () => {
  const { child, url, log } = await startProgram(dataDir, (command, ...args) => [
    'env',
    ['SOTTO_DRAIN_SECONDS=3600', command, ...args],
  ]);
  child.kill('SIGTERM');
  await vi.waitFor(() => expect(log()).toContain('"stopping"'), { timeout: 10_000 });
  await expectDraining(url);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
});
