/** A side of a measurement: a service in a process of its own that holds so many entries, or the floor of a job. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createAgent, send, sendAll } from './client.js';
import { seededIdentity, seedEntries } from './entries.js';
import { startServiceProcess } from './process.js';

/** Coprime to the numbers of entries: steps of so many come by each of them once before any comes twice. */
const STRIDE = 7919;

/** @param {{ folder: string, count: number, resources: readonly object[], template: object }} options */
export async function openServiceSide({ folder, count, resources, template }) {
  const service = await startServiceProcess(folder);
  const tokenOf = (identity) => service.app.token(identity);
  const rows = await fill({ service, count, resources, template }).catch(async (error) => {
    await service.close();
    throw error;
  });
  const context = await createContext({ name: 'new', count, rows, template, tokenOf });
  return { ...service, context, measure: createMeasure({ urls: [service.url], context }) };
}

/** The same entries asked for elsewhere: at other nodes, whose new users are named so that they are others. */
export async function openSameSide({ side, name, urls, count, template }) {
  const { rows } = side.context;
  const tokenOf = (identity) => side.app.token(identity);
  return { measure: createMeasure({ urls, context: await createContext({ name, count, rows, template, tokenOf }) }) };
}

async function createContext({ name, count, rows, template, tokenOf }) {
  let [taken, users] = [0, 0];
  const toUser = async (identity) => ({ identity, token: await tokenOf(identity) });
  return {
    template,
    rows,
    reader: await tokenOf('reader'),
    pick: () => Math.floor(Math.random() * count),
    take: () => (STRIDE * taken++) % count,
    seededUser: async (index) => toUser(seededIdentity(index)),
    newUser: async () => toUser(`${name}-${users++}`),
  };
}

/** Milliseconds of each request, and of all; what a plan has first is sent before the clock runs. */
function createMeasure({ urls, context }) {
  return async ({ plan, requests }, concurrency) => {
    const plans = await Promise.all(Array.from({ length: requests }, () => plan(context)));
    const agent = createAgent(concurrency);
    try {
      // The service ends connections that nobody uses for seconds, so each sample opens its own.
      const opening = Array.from({ length: concurrency * urls.length }, () => ({ method: 'GET', path: '/healthz' }));
      const first = [...plans.flatMap((each) => each.first ?? []), ...opening];
      await sendAll(agent, urls, first, concurrency);
      return await sendAll(
        agent,
        urls,
        plans.map(({ request }) => request),
        concurrency,
      );
    } finally {
      agent.destroy();
    }
  };
}

/** Stores the template by requests, then copies it. */
async function fill({ service, count, resources, template }) {
  const token = await service.app.token(template.identity);
  let rows = {};
  for (const resource of resources) {
    // Copying takes longer than the service keeps an idle connection.
    const agent = createAgent(1);
    await send(agent, service.url, await resource.makeTemplate({ template, token, rows }));
    agent.destroy();
    rows = { ...rows, ...seedEntries({ file: service.file, count, resource }) };
  }
  return rows;
}

/** @param {{ like: string, template: object }} options A database that has what the floor writes as well. */
export function openFloorSide({ like, template }) {
  const file = join(dirname(like), 'floor.db');
  let floor;
  return {
    /** Every job has a floor of its own. */
    open(job) {
      floor?.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
      floor = job.openFloor({ file, like, template });
    },
    async measure({ requests }) {
      const latencies = [];
      const began = performance.now();
      for (let i = 0; i < requests; i++) {
        const sent = performance.now();
        floor.run();
        latencies.push(performance.now() - sent);
      }
      return { latencies, elapsed: performance.now() - began };
    },
    close: async () => floor?.close(),
  };
}
