import { describe, expect, it } from 'vitest';
import { createStore, waitFor } from './store.ts';

describe('a store', () => {
  it('tells of changes, and not of a value that stays', () => {
    const store = createStore(1);
    let told = 0;
    const stop = store.subscribe(() => told++);
    store.set(2);
    store.set(2);
    store.update((value) => value + 1);
    stop();
    store.set(9);
    expect([store.get(), told]).toEqual([9, 2]);
  });

  it('lets wait for a value, also for the present one', async () => {
    const store = createStore(1);
    expect(await waitFor(store, (value) => value === 1)).toBe(1);
    const later = waitFor(store, (value) => value > 2);
    store.set(2);
    store.set(3);
    expect(await later).toBe(3);
  });

  it('stops waiting when it is aborted', async () => {
    const stop = new AbortController();
    const waiting = waitFor(createStore(1), (value) => value > 2, stop.signal);
    stop.abort(new Error('no longer wanted'));
    await expect(waiting).rejects.toThrow('no longer wanted');
  });
});
