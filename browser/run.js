// node browser/run.js: Sotto in Chromium. Installs what is missing, then runs the suites in a page and the stories around it.
// Words after the command choose test files, as vitest does.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endInterrupted, onStopSignal, runCommand } from '../tools/command.js';
import { build, findDifference, npmCommand } from '../tools/prepare.js';
import { addTallies, formatTally, tallyExit, tallyVitest } from '../tools/tally.js';
import { findChromium } from './chromium.js';

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
  const areInstalled = (await Promise.all(installations.map(install))).every(Boolean);
  return areInstalled ? [await checkTypes(), await runTests()] : [tallyExit({ ok: false })];
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

/** Installs what the lockfile in `cwd` names, if that is not what is there. Whether it is there now. */
async function install(cwd) {
  const readList = (path) =>
    existsSync(join(cwd, path)) ? JSON.parse(readFileSync(join(cwd, path), 'utf8')) : undefined;
  const reason = findDifference({
    lockfile: readList('package-lock.json'),
    installed: readList('node_modules/.package-lock.json'),
    isPresent: (path) => existsSync(join(cwd, path)),
  });
  if (reason === undefined) return true;
  console.error(`installing packages in ${cwd} with npm ci: ${reason}`);
  const { command, args } = npmCommand();
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { ok, output } = await runCommand({ command, args: [...args, ...options], cwd });
  if (!ok) console.log(`FAILED to install packages in ${cwd}\n${output}`);
  return ok;
}

async function checkTypes() {
  const { ok, output } = await runCommand({ command: 'tsc', args: ['-p', here] });
  if (!ok) console.log(`FAILED types\n${output}`);
  return tallyExit({ ok });
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-browser-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // For what tests and Chromium leave behind when they are stopped halfway.
  process.env.TMPDIR = folder;
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { ok } = await runCommand({
    command: 'vitest',
    args: ['run', '--config', join(here, 'vitest.config.ts'), ...reporters, ...process.argv.slice(2)],
    cwd: here,
    stream: true,
  });
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  return tallyVitest({ report, ok });
}
