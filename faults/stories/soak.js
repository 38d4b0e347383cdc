/** Minutes at full load. Memory after a collection, open files and connections to the database are at the end what they were at the beginning. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { countOutcomes } from '../kit/history.js';
import { prepareLoad, runLoad } from '../kit/load.js';
import { expectTruth } from '../kit/read-back.js';
import { openWorld } from '../kit/world.js';

export const databases = ['sqlite', 'postgres'];

const MEBIBYTE = 1024 * 1024;
/** Users come and go with each part, as caches of tokens and keys have to hold. */
const PARTS = 10;
/** Parts before the first look: the caches fill, code is compiled. */
const WARM_UP_PARTS = 2;
const HEAP_FACTOR = 1.1;
const FILES_MORE = 8;

export async function run({ database, random, minutes, onProgress }) {
  const world = await openWorld({ database, random });
  const [node] = world.nodes;
  const loads = [];
  const measures = [];
  try {
    for (let part = 1; part <= PARTS; part++) {
      const load = await prepareLoad(world, { random });
      loads.push(load);
      const running = runLoad(load);
      await delay((minutes * 60_000) / PARTS);
      await running.stop();
      await expectTruth(load);
      const connections = await countConnections(world);
      measures.push({ ...(await node.measure()), connections });
      onProgress(`part ${part} of ${PARTS}: ${formatMeasure(measures.at(-1))}`);
    }
    const [first, last] = [measures[WARM_UP_PARTS - 1], measures.at(-1)];
    if (last.heapUsed > first.heapUsed * HEAP_FACTOR)
      throw new Error(`the heap has grown: ${formatMeasure(first)}, then ${formatMeasure(last)}`);
    if (last.files > first.files + FILES_MORE || last.connections > first.connections)
      throw new Error(`more is open: ${formatMeasure(first)}, then ${formatMeasure(last)}`);
    const counts = countOutcomes(loads.map(({ history }) => history));
    return { minutes, ...counts, first: formatMeasure(first), last: formatMeasure(last) };
  } finally {
    await world.close();
  }
}

async function countConnections({ postgres, location }) {
  if (postgres === undefined) return 0;
  const client = new pg.Client(location.url);
  await client.connect();
  const { rows } = await client.query(
    "select count(*)::int as count from pg_stat_activity where application_name = 'sotto'",
  );
  await client.end();
  return rows[0].count;
}

function formatMeasure({ heapUsed, rss, files, connections }) {
  const toMebibytes = (bytes) => (bytes / MEBIBYTE).toFixed(1);
  return `heap ${toMebibytes(heapUsed)} MiB, rss ${toMebibytes(rss)} MiB, files ${files}, connections ${connections}`;
}
