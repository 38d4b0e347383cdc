// One of the processes of suites/messages.js: measures what it is told to, and sends the jobs to its parent.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import library from 'virgil-crypto';
import { shuffle, timeSides } from '../kit/interleave.js';
import { createNodeFloor } from '../sides/floor-node.js';
import { createJose } from '../sides/jose.js';
import { createLibsodium } from '../sides/libsodium.js';
import { createOfficial } from '../sides/official.js';
import { createOurs } from '../sides/ours.js';
import { MESSAGE_JOBS, prepareJob } from './message-jobs.js';

process.once('message', async ({ revisions, ...options }) => {
  const sides = await loadSides(revisions);
  for (const job of MESSAGE_JOBS) {
    const names = Object.keys(sides).filter((name) => job.bars || !['libsodium', 'jose'].includes(name));
    const calls = await prepareJob(job, Object.fromEntries(names.map((name) => [name, sides[name]])));
    process.send({ name: job.name, sides: await timeSides(calls, { ...options, countDisturbances }) });
  }
  process.disconnect();
});

/** In random order: what is loaded first is compiled in other circumstances than what comes after it. */
async function loadSides(revisions) {
  const loaders = {
    official: () => createOfficial({ library }),
    floor: async () => createNodeFloor(await importFrom(revisions.ours, 'provider/curve25519.js')),
    libsodium: createLibsodium,
    jose: createJose,
  };
  for (const [name, folder] of Object.entries(revisions)) loaders[name] = () => loadOurs(folder);
  const sides = {};
  for (const name of shuffle(Object.keys(loaders), Math.random)) sides[name] = await loaders[name]();
  return sides;
}

async function loadOurs(folder) {
  const core = await importFrom(folder, 'index.js');
  const { nodeProvider } = await importFrom(folder, 'provider/node.js');
  return createOurs({ core, provider: nodeProvider });
}

function importFrom(folder, path) {
  return import(pathToFileURL(join(folder, 'packages/core/dist', path)).href);
}

function countDisturbances() {
  return process.resourceUsage().involuntaryContextSwitches;
}
