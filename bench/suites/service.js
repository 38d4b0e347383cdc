/**
 * The service over its sockets: a process of its own over a file, with 1,000 and with 1,000,000 entries, asked by one caller and by
 * 16 at a time, and the floor of what can be told apart.
 */
import { brainKeys } from '../service/brain-keys.js';
import { cards } from '../service/cards.js';
import { keyknoxRecords, keyknoxValues } from '../service/keyknox.js';
import { CONCURRENCIES, measure } from '../service/measure.js';
import { ratchetKeys } from '../service/ratchet-keys.js';
import { openFloorSide, openServiceSide } from '../service/side.js';
import { createTemplate } from '../service/template.js';

const FEW = 1_000;
const MANY = 1_000_000;
const MANY_QUICKLY = 50_000;

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
