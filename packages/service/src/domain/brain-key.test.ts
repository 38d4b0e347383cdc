import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createBrainKeyPool } from '../brain-key-pool.ts';
import { openStore } from '../store/store.ts';
import { makeTemporaryFolder } from '../test-kit.ts';
import { hardenBlindedPoint } from './brain-key.ts';
import { DEFAULT_GUESS_LIMITS } from './guesses.ts';

test('a service that is too busy says when to come back, and spends no guess', async () => {
  const folder = makeTemporaryFolder();
  const store = await openStore({ file: join(folder, 'sotto.db') });
  const worker = join(folder, 'worker.mjs');
  writeFileSync(worker, 'export const runHarden = () => new Promise(() => {});');
  const secret = new Uint8Array(32);
  const computer = createBrainKeyPool({ secret, threads: 1, waitingPerThread: 0, worker: pathToFileURL(worker) });
  const context = { store, computer, limits: DEFAULT_GUESS_LIMITS, now: 1_000_000 };
  const caller = (identity: string) => ({ appId: 'app', identity });
  const point = new Uint8Array(65);

  const stuck = computer.hardenPoint({ blindedPoint: point, application: 'app', identity: 'alice' });
  const refused = hardenBlindedPoint({ ...context, caller: caller('bob') }, point);
  await expect(refused).rejects.toMatchObject({ code: 'service/busy', details: { retryAfterSeconds: 2 } });
  expect(await store.reader.selectFrom('brain_key_guesses').selectAll().execute()).toEqual([]);

  await Promise.all([computer.close(), expect(stuck).rejects.toThrow()]);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
