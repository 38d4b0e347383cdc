/** node bench/run.js [suites] [--quick] [--write] [--against <revision>] [--json <file>] */
import { parseArgs } from 'node:util';

export const SUITE_NAMES = [
  'messages',
  'cold-start',
  'browser',
  'service',
  'service-keys',
  'nodes',
  'backup',
  'groups',
  'chat',
  'files',
  'fields',
  'series',
];

export const USAGE = `usage: node bench/run.js [suites] [--quick] [--write] [--against <revision>] [--json <file>]

  suites      ${SUITE_NAMES.join(', ')}; all of them unless some are named
  --quick     few rounds: whether it runs, and roughly what comes out
  --write     writes the results into docs/performance.md
  --against   builds that revision too, measures both in turns and says faster, slower or noise
  --json      writes every sample to a file

example: node bench/run.js messages --against main`;

/** @throws Error with a message for whoever typed it */
export function parseArguments(args) {
  const options = {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    against: { type: 'string' },
    json: { type: 'string' },
  };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const unknown = positionals.filter((name) => !SUITE_NAMES.includes(name));
  if (unknown.length > 0)
    throw new Error(`no suite by the name of ${unknown.join(', ')}; there are: ${SUITE_NAMES.join(', ')}`);
  if (values.write && values.quick)
    throw new Error('--quick has too few rounds to be written down; leave one of them out');
  const suites = SUITE_NAMES.filter((name) => positionals.length === 0 || positionals.includes(name));
  return { ...values, suites };
}
