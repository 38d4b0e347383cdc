import { once } from 'node:events';
import { rmSync } from 'node:fs';
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

describe('a stop', () => {
  test('that is announced serves everybody until its time has come, and load balancers see it', async () => {
    const service = await startService({ dataDir, port: 0 });
    expect((await callService(service.url, { path: '/readyz' })).status).toBe(200);
    const closed = service.close({ drainMilliseconds: 2000 });
    await expectDraining(service.url);
    await closed;
    await expect(fetch(service.url)).rejects.toThrow();
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
