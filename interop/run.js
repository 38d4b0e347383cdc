// node interop/run.js [words]: installs the official clients where they are missing, then trades keys, messages, cards and tokens with
// them. Words after the command choose test files, as vitest does.
import { join } from 'node:path';
import { endInterrupted, onStopSignal } from '../tools/command.js';
import { checkTypesIn, installIn, runVitest } from '../tools/suite.js';
import { addTallies, formatTally, tallyExit } from '../tools/tally.js';

const here = import.meta.dirname;
// One installation for each: an official client must find its crypto library once, and they need different ones.
const clients = ['official-crypto-5', 'official-e3kit-node'];

onStopSignal(endInterrupted);

const areInstalled = (await Promise.all(clients.map((client) => installIn(join(here, client))))).every(Boolean);
const args = ['run', '--config', join(here, 'vitest.config.ts'), ...process.argv.slice(2)];
const tallies = areInstalled
  ? [await checkTypesIn(here), await runVitest({ args, cwd: here })]
  : [tallyExit({ ok: false })];
const total = addTallies(tallies);
console.log(formatTally(total));
process.exitCode = total.failed > 0 ? 1 : 0;
