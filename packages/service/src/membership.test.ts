import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { joinNodes, type Membership } from './membership.ts';
import { nodesSeenSince } from './store/nodes.ts';
import type { TransactionOutcome } from './store/observe.ts';
import { openStore, type Store } from './store/store.ts';
import { makeTemporaryFolder } from './test-kit.ts';

let folder: string;
let store: Store;
let outcomes: TransactionOutcome[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  folder = makeTemporaryFolder();
  outcomes = [];
  store = await openStore({ file: join(folder, 'sotto.db') }, { transaction: (outcome) => outcomes.push(outcome) });
});

afterEach(async () => {
  vi.useRealTimers();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function joinThem(): Promise<Membership> {
  return joinNodes({
    store,
    serviceKeys: new Map(),
    readServiceKeys: async () => [],
    clock: Date.now,
    logger: pino({ level: 'silent' }),
  });
}

const allNodes = () => nodesSeenSince(store.reader, 0);

test('a node is seen again every few seconds, until it leaves', async () => {
  const node = await joinThem();
  const [first] = await allNodes();
  vi.advanceTimersByTime(15_000);
  await vi.waitFor(async () => {
    const [now] = await allNodes();
    expect(now?.seen_at).toBeGreaterThanOrEqual(first!.seen_at + 15_000);
    expect({ ...now, seen_at: 0 }).toEqual({ ...first, seen_at: 0 });
  });
  await node.close();
  expect(await allNodes()).toEqual([]);
});

test('one that was killed is forgotten by the others after a day', async () => {
  await joinThem();
  const [killed] = await allNodes();
  vi.clearAllTimers();
  const other = await joinThem();
  vi.setSystemTime(Date.now() + 24 * 60 * 60 * 1000);
  await other.refresh();
  expect((await allNodes()).map(({ node_id: id }) => id)).toContain(killed!.node_id);
  vi.setSystemTime(Date.now() + 1);
  await other.refresh();
  expect((await allNodes()).map(({ node_id: id }) => id)).not.toContain(killed!.node_id);
  await other.close();
});

test('asked many times while it tells, it tells once more and no more', async () => {
  const node = await joinThem();
  outcomes.length = 0;
  await Promise.all(Array.from({ length: 10 }, () => node.refresh()));
  expect(outcomes).toEqual(['committed', 'committed']);
  await node.close();
});
