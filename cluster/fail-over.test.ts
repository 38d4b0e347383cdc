// The database server dies under load, and its synchronous standby takes over: nodes find it by themselves, and nothing that was acknowledged is lost.
import { setTimeout as delay } from 'node:timers/promises';
import { HEADERS, KEYKNOX_PATHS, type KeyknoxValue } from '@sotto/contract';
import { findPostgres } from '@sotto/testing/postgres';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createInstallation, type Installation } from './kit/installation.ts';
import { startLoad, type Load } from './kit/load.ts';
import { startPair, type PostgresPair } from './kit/postgres-server.ts';
import { startNode, type ServiceNode } from './kit/service-node.ts';
import { bodyOf, openWire, type Answer, type Call } from './kit/wire.ts';

const rounds = Number(process.env['SOTTO_CLUSTER_ROUNDS'] ?? 1);
const CLIENTS = 32;
const WRITES_BEFORE = 300;
const WRITES_AFTER = 300;

/** Between the loss of the server and the promotion, one round after the other: the last is longer than a request waits. */
const PAUSES_SECONDS = [0, 4, 12];

interface Cluster {
  readonly pair: PostgresPair;
  readonly installation: Installation;
  readonly nodes: readonly ServiceNode[];
}

/** Gone when the test has finished. */
async function startCluster(): Promise<Cluster> {
  const pair = await startPair();
  onTestFinished(() => pair.close());
  const installation = await createInstallation(pair.url([pair.primary, pair.standby]));
  onTestFinished(() => installation.close());
  return { pair, installation, nodes: await Promise.all([start(installation), start(installation)]) };
}

async function start(installation: Installation): Promise<ServiceNode> {
  const node = await startNode(installation);
  onTestFinished(() => node.stop());
  return node;
}

/** As guides/operating.md says: whoever took over must not wait for the server that is gone. */
async function failOver({ primary, standby }: PostgresPair, { pauseSeconds = 0 } = {}): Promise<void> {
  await primary.kill();
  await delay(1000 * pauseSeconds);
  standby.promote();
  await standby.query('alter system reset synchronous_standby_names');
  await standby.query('select pg_reload_conf()');
}

async function untilAcknowledged(load: Load, count: number): Promise<void> {
  const goal = load.history.count('acknowledged') + count;
  await vi.waitFor(() => expect(load.history.count('acknowledged')).toBeGreaterThanOrEqual(goal), { timeout: 120_000 });
}

/** The longest time without a good answer to anybody, in seconds. */
function longestSilence({ exchanges }: Load): number {
  const good = exchanges.filter(({ status = 500 }) => status < 400).map(({ endedAt }) => endedAt);
  const gaps = good.map((time, index) => time - (good[index - 1] ?? time));
  return Math.max(...gaps) / 1000;
}

describe.runIf(findPostgres() !== undefined)('when the database server dies and its standby takes over', () => {
  it.each(Array.from({ length: rounds }, (_, index) => index + 1))(
    'nodes go on by themselves and nothing acknowledged is lost (round %i)',
    async (round) => {
      const { nodes, pair, installation } = await startCluster();
      const urls = nodes.map(({ url }) => url);
      const load = startLoad({ urls, issueToken: installation.issueToken, clients: CLIENTS });
      await untilAcknowledged(load, WRITES_BEFORE);
      const before = load.exchanges.length;
      const pauseSeconds = PAUSES_SECONDS[(round - 1) % PAUSES_SECONDS.length] ?? 0;
      await failOver(pair, { pauseSeconds });
      await untilAcknowledged(load, WRITES_AFTER);
      await load.stop();

      const later = load.exchanges.slice(before).map(({ status }) => status);
      const count = (status: number | undefined) => later.filter((it) => it === status).length;
      console.log(
        `  fail-over, round ${round}: promoted after ${pauseSeconds} s; nobody had a good answer for ${longestSilence(load).toFixed(1)} s; ` +
          `${count(503)} requests got 503, ${count(undefined)} none; ` +
          `writes: ${load.history.count('acknowledged')} acknowledged, ${load.history.count('unknown')} unknown`,
      );
      expect(load.staleReads).toEqual([]);
      for (const url of urls) expect(await load.check(url)).toEqual([]);
      expect([...new Set(later)].filter((status) => ![200, 503].includes(status ?? 0))).toEqual([]);
      for (const url of urls) expect((await ask(url, { path: '/readyz' })).status).toBe(200);
    },
  );

  it.runIf(rounds > 1)(
    'the former server that comes back is a second truth to a node that starts, and acknowledges nothing',
    async () => {
      const { nodes, pair, installation } = await startCluster();
      await failOver(pair);
      const [before] = nodes as [ServiceNode];
      const token = await installation.issueToken('alice');
      const put = (url: string, previousHash?: string) => {
        const headers = previousHash === undefined ? {} : { [HEADERS.keyknoxPreviousHash]: previousHash };
        return ask(url, {
          method: 'PUT',
          path: KEYKNOX_PATHS.value,
          token,
          body: { meta: 'YQ==', value: 'YQ==' },
          headers,
        });
      };
      const valueAt = async (url: string) =>
        bodyOf<KeyknoxValue>(await ask(url, { path: KEYKNOX_PATHS.value, token })).value;
      const hashAt = async (url: string) =>
        String((await ask(url, { path: KEYKNOX_PATHS.value, token })).headers[HEADERS.keyknoxHash.toLowerCase()]);
      expect((await put(before.url)).status).toBe(200);

      await pair.primary.start();
      expect(await valueAt(before.url)).toBe('YQ==');
      const late = await start(installation);
      expect(await valueAt(late.url)).toBe('');
      const startedAt = performance.now();
      expect((await put(late.url)).status).toBe(503);
      const seconds = (performance.now() - startedAt) / 1000;
      console.log(`  a write at the former server got 503 after ${seconds.toFixed(0)} s`);

      // What the runbook says to do before.
      await pair.primary.kill();
      pair.primary.fence();
      await pair.primary.start();
      const fenced = await start(installation);
      expect(await valueAt(fenced.url)).toBe('YQ==');
      expect((await put(fenced.url, await hashAt(fenced.url))).status).toBe(200);
    },
  );
});

async function ask(url: string, call: Call): Promise<Answer> {
  const wire = openWire({ url });
  const answer = await wire.call(call);
  wire.close();
  return answer;
}
