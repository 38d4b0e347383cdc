/** A stream takes the same memory whatever its length, and may be longer than an official one. In processes of their own, as they are built. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MB = 1024 * 1024;
const fixture = fileURLToPath(new URL('./fixtures/stream-memory.mjs', import.meta.url));

async function measure(size: number): Promise<{ length: number; peakBytes: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [fixture, String(size)]);
  return JSON.parse(stdout) as { length: number; peakBytes: number };
}

it('sealing and opening 256 MB takes no more memory than 16 MB do', async () => {
  const few = await measure(16 * MB);
  const many = await measure(256 * MB);
  expect([few.length, many.length]).toEqual([16 * MB, 256 * MB]);
  // What was not collected yet counts too, so it is never quite the same.
  expect(many.peakBytes - few.peakBytes).toBeLessThan(64 * MB);
});

it('more than 4 GiB, of zeros, come back whole, in no more memory', async () => {
  const size = 2 ** 32 + 1000;
  const { length, peakBytes } = await measure(size);
  expect(length).toBe(size);
  expect(peakBytes).toBeLessThan(256 * MB);
}, 300_000);
