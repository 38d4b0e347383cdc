import { afterEach, expect, it, vi } from 'vitest';
import { createWebLocks } from './web-locks.ts';

// With Web Locks: indexeddb-key-store.browser.test.ts.
afterEach(() => vi.unstubAllGlobals());

it('without Web Locks, tasks of one object take turns', async () => {
  vi.stubGlobal('navigator', {});
  const locks = createWebLocks('test', 60_000);
  const order: string[] = [];
  const first = locks.run('a', async () => {
    await locks.run('b', async () => {});
    order.push('first');
  });
  const second = locks.run('a', async () => order.push('second'));
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

it('without Web Locks, waiting has the same limit', async () => {
  vi.stubGlobal('navigator', {});
  const locks = createWebLocks('test', 10);
  let release = () => {};
  const holding = locks.run('a', () => new Promise<void>((resolve) => (release = resolve)));
  await expect(locks.run('a', async () => {})).rejects.toMatchObject({ code: 'storage/locked' });
  release();
  await holding;
});

it('a page that may not lock is told so', async () => {
  const request = () => Promise.reject(new DOMException('This origin is opaque.', 'SecurityError'));
  vi.stubGlobal('navigator', { locks: { request } });
  const refusal = { code: 'storage/unavailable', details: { reason: 'SecurityError' } };
  await expect(createWebLocks('test', 60_000).run('a', async () => {})).rejects.toMatchObject(refusal);
});
