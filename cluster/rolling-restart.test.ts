// Nodes are restarted one after the other while clients go on: nobody sees it, behind either proxy.
import { startPostgres, type Postgres } from '@sotto/testing/postgres';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { isInstalled, proxies } from '../deploy/proxy-kit.ts';
import { createInstallation, type Installation } from './kit/installation.ts';
import { failuresOf, startLoad, type Load } from './kit/load.ts';
import { startProxy } from './kit/proxied.ts';
import { startNode, type ServiceNode } from './kit/service-node.ts';

const env = { SOTTO_DRAIN_SECONDS: '5' };

let postgres: Postgres;
let installation: Installation;

beforeAll(async () => {
  postgres = await startPostgres();
  installation = await createInstallation(postgres.url);
});
afterAll(async () => {
  installation.close();
  await postgres.close();
});

/** Gone when the test has finished. */
async function start(port?: number): Promise<ServiceNode> {
  const node = await startNode({ ...installation, env, ...(port === undefined ? {} : { port }) });
  onTestFinished(() => void node.child.kill('SIGKILL'));
  return node;
}

/** Waits until so many more requests were answered. */
async function afterRequests(load: Load, count: number): Promise<void> {
  const goal = load.exchanges.length + count;
  await vi.waitFor(() => expect(load.exchanges.length).toBeGreaterThan(goal), { timeout: 60_000 });
}

interface Case {
  readonly program: string;
  readonly file: keyof typeof proxies;
  /** What the proxy logs when it has a node back; undefined where it only finds out by trying. */
  readonly saysUp?: ((node: number) => RegExp) | undefined;
}

const cases: readonly Case[] = [
  { program: 'HAProxy', file: 'haproxy.cfg', saysUp: (node) => new RegExp(`Server sotto/node${node} is UP`) },
  // It asks nobody how they are, and finds a node gone when a connection is refused.
  { program: 'nginx', file: 'nginx.conf' },
];

describe('a rolling restart', () => {
  for (const { program, file, saysUp } of cases) {
    const isThere = isInstalled(proxies[file]);
    const skipped = isThere ? '' : ` (skipped, ${proxies[file].program} is not installed)`;
    it.runIf(isThere)(`behind ${program} fails no request, and loses nothing${skipped}`, () =>
      expectUnnoticed({ program, file, saysUp }),
    );
  }
});

async function expectUnnoticed({ program, file, saysUp }: Case): Promise<void> {
  const nodes = [await start(), await start()];
  const ports = nodes.map(({ port }) => port);
  const proxy = await startProxy(file, ports);
  onTestFinished(() => proxy.close());
  const { issueToken } = installation;
  const load = startLoad({ ...proxy, urls: [proxy.url], issueToken, clients: 16, libraryUsers: 4 });
  await afterRequests(load, 500);
  for (const [index, node] of nodes.entries()) {
    await node.stop();
    nodes[index] = await start(node.port);
    if (saysUp) await vi.waitFor(() => expect(proxy.log()).toMatch(saysUp(index + 1)), { timeout: 20_000 });
    await afterRequests(load, 500);
  }
  await load.stop();
  expect(failuresOf(load.exchanges), proxy.log()).toEqual({});
  expect(load.libraryErrors).toEqual([]);
  expect(load.staleReads).toEqual([]);
  for (const { url } of nodes) expect(await load.check(url)).toEqual([]);
  const counts = `${load.exchanges.length} requests, ${load.history.count('acknowledged')} writes`;
  console.log(`  rolling restart behind ${program}: ${counts}, none failed or lost`);
}
