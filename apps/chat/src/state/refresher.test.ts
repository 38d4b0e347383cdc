import { describe, expect, it, vi } from 'vitest';
import { createRefresher } from './refresher.ts';

describe('a refresher', () => {
  it('runs once more for all who asked during a run, one run at a time', async () => {
    const gates: (() => void)[] = [];
    const refresh = createRefresher(() => new Promise<void>((resolve) => gates.push(resolve)));
    const first = refresh();
    const second = refresh();
    expect(refresh()).toBe(second);
    expect(gates).toHaveLength(1);
    gates[0]!();
    await first;
    await vi.waitFor(() => expect(gates).toHaveLength(2));
    gates[1]!();
    await second;
  });

  it('runs anew after a run that failed', async () => {
    let runs = 0;
    const refresh = createRefresher(async () => {
      runs += 1;
      if (runs === 1) throw new Error('once');
    });
    await expect(refresh()).rejects.toThrow('once');
    await refresh();
    expect(runs).toBe(2);
  });
});
