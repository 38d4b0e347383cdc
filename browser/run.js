// node browser/run.js: Sotto in Chromium. Installs what is missing, then runs the suites in a page and the stories around it.
// Words after the command choose test files, as vitest does.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endInterrupted, onStopSignal, runCommand } from '../tools/command.js';
import { build } from '../tools/prepare.js';
import { checkTypesIn, installIn, makeTemporaryFolder, runVitest } from '../tools/suite.js';
import { addTallies, formatTally, tallyExit } from '../tools/tally.js';
import { findChromium } from '../tools/chromium.js';

const here = import.meta.dirname;
const isCi = !['', '0', 'false', undefined].includes(process.env.CI);
// The official client has an installation of its own, since a client must find its crypto library once.
const installations = [here, join(here, 'official-e3kit-browser')];

onStopSignal(endInterrupted);

const tally = addTallies(await run());
console.log(formatTally(tally));
process.exitCode = tally.failed > 0 ? 1 : 0;

async function run() {
  if ((await haveChromium()) === undefined) {
    console.log(
      'Chromium is missing, so nothing of Sotto was tried in a browser. On Debian: apt-get install chromium. ' +
        'A Chromium or Chrome at another place is named by the environment: CHROMIUM=/path/to/chrome.',
    );
    // Where somebody develops that is no failure, but it must not look like a success either.
    return [isCi ? tallyExit({ ok: false }) : { passed: 0, failed: 0, skipped: 1 }];
  }
  await build();
  const areInstalled = (await Promise.all(installations.map(installIn))).every(Boolean);
  return areInstalled ? [await checkTypesIn(here), await runTests()] : [tallyExit({ ok: false })];
}

/** Chromium's path; as root on a Debian without it, it is installed first. */
async function haveChromium() {
  const found = findChromium();
  const canInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (found !== undefined || !canInstall) return found;
  console.error('installing chromium with apt-get');
  const env = ['DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const commands = [
    ['update', '--quiet'],
    ['install', '--yes', '--quiet', '--no-install-recommends', 'chromium'],
  ];
  for (const args of commands) {
    const { ok, output } = await runCommand({ command: 'env', args: [...env, ...args] });
    if (!ok) console.log(`apt-get ${args[0]} failed\n${output}`);
  }
  return findChromium();
}

function runTests() {
  // For what tests and Chromium leave behind when they are stopped halfway.
  process.env.TMPDIR = makeTemporaryFolder();
  const args = ['run', '--config', join(here, 'vitest.config.ts'), ...process.argv.slice(2)];
  return runVitest({ args, cwd: here });
}
