// node interop/run.js [--full] [words]: installs the official clients where they are missing, then trades keys, messages, cards and
// tokens with them. With --full the whole matrix is run and docs/compatibility.md is written. Words choose test files, as
// vitest does.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { endInterrupted, onStopSignal } from '../tools/command.js';
import { checkTypesIn, installIn, runVitest } from '../tools/suite.js';
import { addTallies, formatTally, tallyExit } from '../tools/tally.js';

const here = import.meta.dirname;
// One installation for each: an official client must find its crypto library once, and they need different ones.
const clients = readdirSync(here).filter((name) => existsSync(join(here, name, 'package-lock.json')));

const words = process.argv.slice(2).filter((word) => word !== '--full');
const isFull = process.argv.includes('--full');
if (isFull) process.env.SOTTO_INTEROP = 'full';
// A page of a part would leave out the rest.
const reporters = isFull && words.length === 0 ? [`--reporter=${join(here, 'matrix/page-reporter.ts')}`] : [];

onStopSignal(endInterrupted);

const areInstalled = (await Promise.all(clients.map((client) => installIn(join(here, client))))).every(Boolean);
const args = ['run', '--config', join(here, 'vitest.config.ts'), ...reporters, ...words];
const tallies = areInstalled
  ? [await checkTypesIn(here), await runVitest({ args, cwd: here })]
  : [tallyExit({ ok: false })];
const total = addTallies(tallies);
console.log(formatTally(total));
process.exitCode = total.failed > 0 ? 1 : 0;
