// One of the processes of suites/series.js: measures readings that are each signed, and some in batches, and sends the jobs to its parent.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shuffle, timeSides } from '../kit/interleave.js';
import { createOurSeries } from '../sides/series-ours.js';
import { createSeriesFloor } from '../sides/series-floor.js';
import { createOurs } from '../sides/ours.js';

const BATCH = 100;
const reading = new TextEncoder().encode(JSON.stringify({ celsius: 21.5, humidity: 60 }));

process.once('message', async ({ revisions, ...options }) => {
  const makers = await loadMakers(revisions);
  for (const signatures of ['each', 'batch']) {
    const sides = {};
    for (const name of shuffle(Object.keys(makers), Math.random)) {
      sides[name] = await makers[name]({ reading, signatures, batch: BATCH });
      if (!Buffer.from(await sides[name].read()).equals(reading))
        throw new Error(`${name} did not read what it sealed`);
    }
    const name = signatures === 'each' ? 'each signed' : `${BATCH} signed at once`;
    for (const verb of ['seal', 'read']) {
      const calls = Object.fromEntries(Object.entries(sides).map(([side, jobs]) => [side, jobs[verb]]));
      const timed = await timeSides(calls, { ...options, countDisturbances });
      process.send({ name: `${verb} a reading, ${name}, ${sides.ours.bytesBeside} bytes more`, sides: timed });
    }
  }
  process.disconnect();
});

async function loadMakers(revisions) {
  const load = async (folder) => ({
    core: await importFrom(folder, 'index.js'),
    series: await importFrom(folder, 'series/index.js'),
    provider: (await importFrom(folder, 'provider/node.js')).nodeProvider,
  });
  const createMessage = createOurs(await load(revisions.ours));
  // What one would do without sealed series: a message of `authEncrypt` for each reading.
  const messages = async () => {
    const { seal, open } = await createMessage({ data: reading, recipients: 1, count: 1 });
    return { seal, read: open };
  };
  const makers = { floor: createSeriesFloor, messages };
  for (const [name, folder] of Object.entries(revisions)) makers[name] = createOurSeries(await load(folder));
  return makers;
}

function importFrom(folder, path) {
  return import(pathToFileURL(join(folder, 'packages/core/dist', path)).href);
}

function countDisturbances() {
  return process.resourceUsage().involuntaryContextSwitches;
}
