import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { utf8ToBytes } from '@sotto/core';
import { startHarden } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBrainKeyPool, type BrainKeyPool } from './brain-key-pool.ts';
import { makeTemporaryFolder } from './test-kit.ts';

const secret = new Uint8Array(32).fill(7);

let folder: string;
let pool: BrainKeyPool;

beforeEach(() => {
  folder = makeTemporaryFolder();
});

afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A worker that does with each point what the source says. */
function workerOf(source: string): URL {
  const file = join(folder, 'worker.mjs');
  writeFileSync(file, source);
  return pathToFileURL(file);
}

const harden = (blindedPoint: Uint8Array) => pool.hardenPoint({ blindedPoint, application: 'app', identity: 'alice' });

test('a job is computed, and a second one side by side', async () => {
  pool = createBrainKeyPool({ secret, threads: 2 });
  const { request } = await startHarden(nodeProvider, utf8ToBytes('secret'));
  const [first, second] = await Promise.all([harden(request), harden(request)]);
  expect(first.hardenedPoint).toHaveLength(65);
  expect(second.hardenedPoint).toEqual(first.hardenedPoint);
});

test('nothing runs before it is needed, and a pool that was not used closes', async () => {
  pool = createBrainKeyPool({ secret, worker: new URL('file:///no/such/worker.js') });
  await expect(pool.close()).resolves.toBeUndefined();
});

test('who came first is served first, while others keep coming', async () => {
  const worker = workerOf(`export const runHarden = ({ blindedPoint }) => ({ ok: true, value: blindedPoint });`);
  pool = createBrainKeyPool({ secret, threads: 1, worker });
  const served: number[] = [];
  let asked = 0;
  const askOnAndOn = async () => {
    while (asked < 60) {
      const number = asked++;
      await harden(Uint8Array.of(number));
      served.push(number);
    }
  };
  await Promise.all(Array.from({ length: 16 }, askOnAndOn));
  expect(served).toEqual(Array.from({ length: served.length }, (_, number) => number));
});

test('more than may wait are refused, and taken again when others are done', async () => {
  const worker = workerOf(`export const runHarden = ({ blindedPoint }) => ({ ok: true, value: blindedPoint });`);
  pool = createBrainKeyPool({ secret, threads: 2, waitingPerThread: 1, worker });
  expect(pool.hasRoom()).toBe(true);
  const four = Array.from({ length: 4 }, () => harden(randomBytes(1)));
  expect(pool.hasRoom()).toBe(false);
  await expect(harden(randomBytes(1))).rejects.toMatchObject({
    code: 'service/busy',
    details: { retryAfterSeconds: 2 },
  });
  await Promise.all(four);
  expect(pool.hasRoom()).toBe(true);
  expect(await harden(Uint8Array.of(5))).toEqual(Uint8Array.of(5));
});

test('a thread that ends fails its own job alone, and is replaced', async () => {
  const worker = workerOf(`export const runHarden = ({ blindedPoint }) => {
    if (blindedPoint.length === 0) process.exit(3);
    return { ok: true, value: blindedPoint };
  };`);
  pool = createBrainKeyPool({ secret, threads: 1, worker });
  const ends = await Promise.allSettled([1, 0, 2, 0, 3].map((length) => harden(randomBytes(length))));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
});

test('a thread that cannot begin fails the jobs, which do not wait for ever', async () => {
  const worker = workerOf(`throw new Error('cannot begin');`);
  pool = createBrainKeyPool({ secret, threads: 1, worker });
  const ends = await Promise.allSettled([1, 2, 3].map((length) => harden(randomBytes(length))));
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(harden(randomBytes(1))).rejects.toThrow();
});

test('what goes wrong with a job is an error of ours, and not of the point', async () => {
  pool = createBrainKeyPool({ secret: new Uint8Array(5), threads: 1 });
  await expect(harden(new Uint8Array(65))).rejects.not.toMatchObject({ code: 'brain-key/bad-point' });
});
