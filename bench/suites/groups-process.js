// One of the processes of suites/groups.js: measures 1 KB in groups of two sizes, and sends the jobs to its parent.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import library from 'virgil-crypto';
import { shuffle, timeSides } from '../kit/interleave.js';
import { createGroupFloor } from '../sides/group-floor.js';
import { createOfficialGroup } from '../sides/group-official.js';
import { createOurGroup } from '../sides/group-ours.js';

const MEMBERS = [2, 100];
const data = Uint8Array.from({ length: 1024 }, (_, index) => index % 251);

process.once('message', async ({ revisions, ...options }) => {
  const worlds = [];
  for (const members of MEMBERS) {
    const sides = await prepareSides(members, revisions, worlds);
    for (const verb of ['encrypt', 'decrypt']) {
      const calls = Object.fromEntries(Object.entries(sides).map(([name, side]) => [name, side[verb]]));
      const timed = await timeSides(calls, { ...options, countDisturbances });
      process.send({ name: `${verb} 1 KB, ${members} members`, sides: timed });
    }
  }
  await Promise.all(worlds.map((world) => world.close()));
  process.disconnect();
});

/** In random order: what is loaded first is compiled in other circumstances than what comes after it. Each reads what it has written. */
async function prepareSides(members, revisions, worlds) {
  const makers = { official: () => createOfficialGroup(library, data), floor: () => createGroupFloor(data) };
  for (const [name, folder] of Object.entries(revisions)) {
    makers[name] = async () => {
      const { startWorld } = await import(pathToFileURL(join(folder, 'packages/testing/dist/index.js')).href);
      const world = await startWorld();
      worlds.push(world);
      return createOurGroup(world, { data, members });
    };
  }
  const sides = {};
  for (const name of shuffle(Object.keys(makers), Math.random)) {
    sides[name] = await makers[name]();
    const read = await sides[name].decrypt();
    const isSame = read.length === data.length && read.every((byte, index) => byte === data[index]);
    if (!isSame) throw new Error(`${name} did not read what it has written`);
  }
  return sides;
}

function countDisturbances() {
  return process.resourceUsage().involuntaryContextSwitches;
}
