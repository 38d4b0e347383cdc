/** node faults/run.js [names] [--long] [--database sqlite|postgres] [--seed <number>] [--times <number>] [--minutes <number>] */
import { parseArgs } from 'node:util';

export const STORIES = [
  'kill-node',
  'kill-database',
  'full-disk',
  'failing-disk',
  'clock',
  'network',
  'damaged-file',
  'old-backup',
  'rotation',
  'soak',
];

export const USAGE = `usage: npm run test:faults -- [names] [--long] [--database <name>] [--seed <number>] [--times <number>] [--minutes <number>]

  names       ${STORIES.join(', ')}; all of them unless some are named
  --long      many times each: for the night
  --database  sqlite or postgres; both unless one is named
  --seed      of an earlier run, to do the same at the same moments as far as a computer does
  --times     how often the fault strikes
  --minutes   how long soak runs; 1 unless given

example: npm run test:faults -- kill-node --database sqlite --times 3`;

/** @throws Error with a message for whoever typed it */
export function parseArguments(args) {
  const options = {
    help: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    database: { type: 'string' },
    seed: { type: 'string' },
    times: { type: 'string' },
    minutes: { type: 'string' },
  };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const unknown = positionals.filter((name) => !STORIES.includes(name));
  if (unknown.length > 0) throw new Error(`no fault by the name of ${unknown.join(', ')}`);
  const { database, long: isLong, help } = values;
  if (database !== undefined && !['sqlite', 'postgres'].includes(database)) throw new Error(`no database ${database}`);
  return {
    help,
    isLong,
    database,
    names: STORIES.filter((name) => positionals.length === 0 || positionals.includes(name)),
    seed: readNumber('seed', values.seed) ?? Math.floor(Math.random() * 2 ** 32),
    times: readNumber('times', values.times),
    minutes: readNumber('minutes', values.minutes) ?? (isLong ? 10 : 1),
  };
}

function readNumber(name, text) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number >= 0) || text.trim() === '') throw new Error(`--${name} must be a number`);
  return number;
}
