/**
 * All that a service answers, over SQLite, over PostgreSQL and as two nodes over it, with 1,000 and with 1,000,000 users. Whoever asks, the
 * nodes and the server of the database share one machine.
 */
import { startPostgres } from '@sotto/testing/postgres';
import { brainKeys } from '../service/brain-keys.js';
import { cards } from '../service/cards.js';
import { keyknoxRecords, keyknoxValues } from '../service/keyknox.js';
import { CONCURRENCIES, measure } from '../service/measure.js';
import { openNodes } from '../service/nodes.js';
import { spawnService } from '../service/process.js';
import { ratchetKeys } from '../service/ratchet-keys.js';
import { openSameSide, openServiceSide } from '../service/side.js';
import { createTemplate } from '../service/template.js';

const FEW = 1_000;
const MANY = 1_000_000;
const MANY_QUICKLY = 20_000;
const RESOURCES = [cards, keyknoxValues, keyknoxRecords, brainKeys, ratchetKeys];
/** There are many jobs, and six sides. */
const SHARE_OF_ROUNDS = 1 / 4;

export async function runNodes({ revisions, rounds, isQuick, onJob, onProgress }) {
  const folder = revisions.ours;
  const opened = [];
  const keep = (side) => {
    opened.unshift(side);
    return side;
  };
  try {
    const sides = {};
    const processes = [];
    const template = await createTemplate();
    const server = keep(await startPostgres());
    const counts = { '': FEW, Million: isQuick ? MANY_QUICKLY : MANY };
    for (const [suffix, count] of Object.entries(counts)) {
      onProgress(`writing ${count.toLocaleString('en')} users into both databases`);
      const side = keep(await openServiceSide({ folder, count, resources: RESOURCES, template }));
      const nodes = keep(await openNodes({ folder, side, serverUrl: server.url }));
      const same = (name, urls) => openSameSide({ side, name, urls, count, template });
      sides[`sqlite${suffix}`] = side;
      sides[`postgres${suffix}`] = await same('one', nodes.urls.slice(0, 1));
      sides[`nodes${suffix}`] = await same('two', nodes.urls);
      processes.push({ side: `sqlite${suffix}`, ...side }, { side: `postgres${suffix}`, ...nodes });
    }
    for (const concurrency of CONCURRENCIES) {
      for (const job of RESOURCES.flatMap(({ jobs }) => jobs)) {
        onJob(await measure({ job, concurrency, sides, rounds: Math.ceil(rounds * SHARE_OF_ROUNDS) }));
      }
    }
    onProgress('starting each once more');
    const described = [];
    for (const each of processes) described.push(await describeProcess(folder, each));
    return { rounds: Math.ceil(rounds * SHARE_OF_ROUNDS), processes: described };
  } finally {
    for (const side of opened) await side.close();
  }
}

/** What the process holds after all these requests, and how long another takes to start beside it. */
async function describeProcess(folder, { side, environment, readMemory }) {
  const memory = readMemory();
  const { startMilliseconds, close } = await spawnService(folder, environment);
  await close();
  return { side, startMilliseconds, ...memory };
}
