// node cluster/run.js [--rounds N] [words]: builds, then tries several nodes over PostgreSQL with proxies, restarts, releases and servers that die.
// --rounds repeats what is left to chance, once unless given, and adds what takes minutes. Words choose test files, as vitest does.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endInterrupted, onStopSignal } from '../tools/command.js';
import { build } from '../tools/prepare.js';
import { checkTypesIn, runVitest } from '../tools/suite.js';
import { addTallies, formatTally } from '../tools/tally.js';

const here = import.meta.dirname;
const { values, positionals } = parseArgs({ options: { rounds: { type: 'string' } }, allowPositionals: true });

onStopSignal(endInterrupted);
if (values.rounds !== undefined) process.env.SOTTO_CLUSTER_ROUNDS = values.rounds;

await build();
const args = ['run', '--config', join(here, 'vitest.config.ts'), ...positionals];
const total = addTallies([await checkTypesIn(here), await runVitest({ args, cwd: here })]);
console.log(formatTally(total));
process.exitCode = total.failed > 0 ? 1 : 0;
