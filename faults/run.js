// node faults/run.js [names] [--long] [--database sqlite|postgres] [--seed <number>] [--times <number>] [--minutes <number>]: what the service
// does when something breaks beneath it. Real processes are killed, disks filled, clocks set; then all that clients were told is looked up.
import { findPostgres } from '@sotto/testing/postgres';
import { parseArguments, USAGE } from './kit/arguments.js';
import { createRandom } from './kit/random.js';
import { Skipped } from './kit/skipped.js';
import { onStopSignal } from '../tools/command.js';
import { formatTally } from '../tools/tally.js';

onStopSignal(() => process.exit(130));

const options = readArguments();
const tally = { passed: 0, failed: 0, skipped: 0 };
console.log(`seed ${options.seed}`);
for (const name of options.names) {
  const story = await import(`./stories/${name}.js`);
  for (const database of story.databases) {
    if (options.database === undefined || options.database === database) tally[await tell(name, { story, database })]++;
  }
}
console.log(formatTally(tally));
process.exit(tally.failed > 0 ? 1 : 0);

function readArguments() {
  try {
    const parsed = parseArguments(process.argv.slice(2));
    if (!parsed.help) return parsed;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(1);
  }
}

async function tell(name, { story, database }) {
  const title = `${name} on ${database}`;
  if (database === 'postgres' && findPostgres() === undefined) return skip(title, 'PostgreSQL is missing');
  const startedAt = performance.now();
  const took = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const times = options.times ?? story.times?.[options.isLong ? 'long' : 'usual'];
  const onProgress = (text) => process.stderr.write(`${title}: ${text}\n`);
  try {
    const random = createRandom(options.seed);
    const counts = await story.run({ database, random, times, minutes: options.minutes, onProgress });
    console.log(`ok ${title}: ${formatCounts(counts)}; ${took()}`);
    return 'passed';
  } catch (error) {
    if (error instanceof Skipped) return skip(title, error.message);
    console.log(`FAILED ${title} after ${took()}, seed ${options.seed}\n${error.stack}`);
    return 'failed';
  }
}

function skip(title, reason) {
  console.log(`skipped ${title}: ${reason}`);
  return 'skipped';
}

/** `{ refusedAsFull: 3 }` as `refused as full 3`. */
function formatCounts(counts) {
  const toWords = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return Object.entries(counts)
    .map(([name, count]) => `${toWords(name)} ${typeof count === 'number' ? count.toLocaleString('en') : count}`)
    .join(', ');
}
