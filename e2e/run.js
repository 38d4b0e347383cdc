// node e2e/run.js: people at the chat of `sotto dev --demo`, in Chromium. Installs what is missing, then runs the stories.
// Words after the command choose test files, as vitest does.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from '../tools/chromium.js';
import { endInterrupted, onStopSignal } from '../tools/command.js';
import { build } from '../tools/prepare.js';
import { checkTypesIn, installIn, makeTemporaryFolder, runVitest } from '../tools/suite.js';
import { addTallies, formatTally, tallyExit } from '../tools/tally.js';

const here = import.meta.dirname;
const isCi = !['', '0', 'false', undefined].includes(process.env.CI);

onStopSignal(endInterrupted);

const tally = addTallies(await run());
console.log(formatTally(tally));
process.exitCode = tally.failed > 0 ? 1 : 0;

async function run() {
  if (findChromium() === undefined) {
    console.log(
      'Chromium is missing, so no story of the chat was tried. "node browser/run.js" installs it on Debian, as root; ' +
        'a Chromium or Chrome at another place is named by the environment: CHROMIUM=/path/to/chrome.',
    );
    // Where somebody develops that is no failure, but it must not look like a success either.
    return [isCi ? tallyExit({ ok: false }) : { passed: 0, failed: 0, skipped: 1 }];
  }
  await build();
  if (!(await installIn(here))) return [tallyExit({ ok: false })];
  return [await checkTypesIn(here), await runStories()];
}

function runStories() {
  mkdirSync(join(here, 'artefacts'), { recursive: true });
  // For what demos and Chromium leave behind when they are stopped halfway.
  process.env.TMPDIR = makeTemporaryFolder();
  const args = ['run', '--config', join(here, 'vitest.config.ts'), ...process.argv.slice(2)];
  return runVitest({ args, cwd: here });
}
