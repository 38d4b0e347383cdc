/** The service over its sockets: a process of its own over a file, with 1,000 and with 1,000,000 cards, and the floor of a publish. */
import { dirname, join } from 'node:path';
import { interleave } from '../kit/interleave.js';
import { quantile } from '../kit/statistics.js';
import { makeCard, seededCardId, seededIdentity, seedCards } from '../service/cards.js';
import { createAgent, sendAll } from '../service/client.js';
import { openPublishFloor } from '../service/floor.js';
import { startServiceProcess } from '../service/process.js';

const FEW = 1_000;
const MANY = 1_000_000;
const MANY_QUICKLY = 50_000;

const JOBS = [
  { action: 'get', requests: 40 },
  { action: 'search of 1', requests: 40, identities: 1 },
  { action: 'search of 50', requests: 20, identities: 50 },
  { action: 'search of 100', requests: 20, identities: 100 },
  { action: 'publish', requests: 10 },
];
const CONCURRENCIES = [1, 16];

/** `ours` and `before` hold 1,000 cards, `million` as many as its name says. */
export async function runService({ revisions, rounds, isQuick, onJob, onProgress }) {
  const sides = {};
  try {
    for (const [name, folder] of Object.entries(revisions)) sides[name] = await openSide({ folder, cards: FEW });
    const cards = isQuick ? MANY_QUICKLY : MANY;
    onProgress(
      `writing ${cards.toLocaleString('en')} cards into a database${isQuick ? ', in place of 1,000,000' : ''}`,
    );
    sides.million = await openSide({ folder: revisions.ours, cards });
    sides.floor = openFloorSide(sides.ours.file);
    for (const concurrency of CONCURRENCIES) {
      for (const job of JOBS) onJob(await measure({ job, concurrency, sides, rounds }));
    }
  } finally {
    for (const side of Object.values(sides)) await side.close();
  }
}

async function measure({ job, concurrency, sides, rounds }) {
  const { action } = job;
  const hasFloor = action === 'publish' && concurrency === 1;
  const names = Object.keys(sides).filter((name) => name !== 'floor' || hasFloor);
  const requests = Math.max(job.requests, 4 * concurrency);
  const latencies = Object.fromEntries(names.map((name) => [name, []]));
  // Milliseconds for each of the requests of a sample: with 16 at a time, what is left of a request's time beside the others.
  const sample = async (name) => {
    const sent = await sides[name].send({ ...job, requests }, concurrency);
    latencies[name].push(...sent.latencies);
    return sent.elapsed / requests;
  };
  for (const name of names) await sample(name);
  for (const name of names) latencies[name] = [];
  const samples = await interleave({ names, sample, rounds });
  return {
    name: concurrency === 1 ? action : `${action}, ${concurrency} at a time`,
    sides: samples,
    load: Object.fromEntries(names.map((name) => [name, describeLoad(samples[name], latencies[name])])),
  };
}

/** Milliseconds, and requests per second. */
function describeLoad(samples, latencies) {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(latencies, share));
  return { p50, p95, p99, perSecond: 1000 / quantile(samples, 0.5) };
}

async function openSide({ folder, cards }) {
  const service = await startServiceProcess(folder);
  const reader = await service.app.token('reader');
  let published = 0;

  const toRequest = async ({ action, identities }) => {
    if (action === 'publish') {
      const identity = `new-${published++}`;
      const body = await makeCard(identity);
      return { url: `${service.url}/card/v5`, token: await service.app.token(identity), body };
    }
    if (action === 'get') {
      return { url: `${service.url}/card/v5/${seededCardId(pick(cards))}`, method: 'GET', token: reader };
    }
    const body = { identities: Array.from({ length: identities }, () => seededIdentity(pick(cards))) };
    return { url: `${service.url}/card/v5/actions/search`, token: reader, body };
  };
  const send = async (job, concurrency) => {
    const toRequests = (count, of) => Promise.all(Array.from({ length: count }, () => toRequest(of)));
    const requests = await toRequests(job.requests, job);
    const openers = await toRequests(job.opens ?? concurrency, { action: 'get' });
    const agent = createAgent(concurrency);
    try {
      // The service ends connections that nobody uses for seconds, so each sample opens its own, before the clock runs.
      await sendAll(agent, openers, concurrency);
      return await sendAll(agent, requests, concurrency);
    } finally {
      agent.destroy();
    }
  };

  // The card whose rows are copied.
  await send({ action: 'publish', requests: 1, opens: 0 }, 1);
  seedCards(service.file, cards);
  return { file: service.file, send, close: service.close };
}

function openFloorSide(like) {
  const floor = openPublishFloor({ file: join(dirname(like), 'floor.db'), like });
  return {
    async send({ requests }) {
      const latencies = [];
      const began = performance.now();
      for (let i = 0; i < requests; i++) {
        const sent = performance.now();
        floor.publish();
        latencies.push(performance.now() - sent);
      }
      return { latencies, elapsed: performance.now() - began };
    },
    close: async () => floor.close(),
  };
}

function pick(count) {
  return Math.floor(Math.random() * count);
}
