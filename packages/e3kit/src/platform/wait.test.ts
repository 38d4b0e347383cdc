import { expect, it } from 'vitest';
import { wait } from './wait.ts';

it('waits', async () => {
  const startedAt = performance.now();
  await wait(20);
  // Timers of Node may fire a millisecond early.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19);
});

it('ends at once when aborted, before or meanwhile', async () => {
  await expect(wait(60_000, AbortSignal.abort())).resolves.toBeUndefined();
  const controller = new AbortController();
  const waiting = wait(60_000, controller.signal);
  controller.abort();
  await expect(waiting).resolves.toBeUndefined();
});
