/**
 * The service over its sockets: a process of its own over a file, with 1,000 and with 1,000,000 entries, asked by one caller and by
 * 16 at a time, and the floor of what can be told apart.
 */
import { interleave } from '../kit/interleave.js';
import { quantile } from '../kit/statistics.js';
import { brainKeys } from '../service/brain-keys.js';
import { cards } from '../service/cards.js';
import { keyknoxRecords, keyknoxValues } from '../service/keyknox.js';
import { ratchetKeys } from '../service/ratchet-keys.js';
import { openFloorSide, openServiceSide } from '../service/side.js';
import { createTemplate } from '../service/template.js';

const FEW = 1_000;
const MANY = 1_000_000;
const MANY_QUICKLY = 50_000;
const CONCURRENCIES = [1, 16];

/** What identities have as their cards. */
export const runCards = (options) => runService(options, [cards], cards.jobs);

/** What else is stored for them. Ratchet keys belong to cards, which are there as well. */
export function runKeys(options) {
  const measured = [keyknoxValues, keyknoxRecords, brainKeys, ratchetKeys];
  return runService(
    options,
    [cards, ...measured],
    measured.flatMap(({ jobs }) => jobs),
  );
}

/** `ours` and `before` hold 1,000 entries, `million` as many as its name says. */
async function runService({ revisions, rounds, isQuick, onJob, onProgress }, resources, jobs) {
  const sides = {};
  try {
    const template = await createTemplate();
    const open = (folder, count) => openServiceSide({ folder, count, resources, template });
    for (const [name, folder] of Object.entries(revisions)) sides[name] = await open(folder, FEW);
    const count = isQuick ? MANY_QUICKLY : MANY;
    onProgress(
      `writing ${count.toLocaleString('en')} entries into a database${isQuick ? ', in place of 1,000,000' : ''}`,
    );
    sides.million = await open(revisions.ours, count);
    sides.floor = openFloorSide({ like: sides.ours.file, template });
    for (const concurrency of CONCURRENCIES) {
      for (const job of jobs) onJob(await measure({ job, concurrency, sides, rounds }));
    }
  } finally {
    for (const side of Object.values(sides)) await side.close();
  }
}

async function measure({ job, concurrency, sides, rounds }) {
  const hasFloor = job.openFloor !== undefined && concurrency === 1;
  if (hasFloor) sides.floor.open(job);
  const names = Object.keys(sides).filter((name) => name !== 'floor' || hasFloor);
  const requests = Math.max(job.requests, 4 * concurrency);
  const latencies = Object.fromEntries(names.map((name) => [name, []]));
  // Milliseconds for each of the requests of a sample: with 16 at a time, what is left of a request's time beside the others.
  const sample = async (name) => {
    const sent = await sides[name].measure({ ...job, requests }, concurrency);
    latencies[name].push(...sent.latencies);
    return sent.elapsed / requests;
  };
  for (const name of names) await sample(name);
  for (const name of names) latencies[name] = [];
  const samples = await interleave({ names, sample, rounds });
  return {
    name: concurrency === 1 ? job.name : `${job.name}, ${concurrency} at a time`,
    sides: samples,
    load: Object.fromEntries(names.map((name) => [name, describeLoad(samples[name], latencies[name])])),
  };
}

/** Milliseconds, and requests per second. */
function describeLoad(samples, latencies) {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latencies, share));
  return { p50, p95, p99, perSecond: 1000 / quantile(samples, 0.5) };
}
