// node interop/run.js [words]: installs the official clients where they are missing, then trades keys, messages, cards and tokens with
// them. Words after the command choose test files, as vitest does.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endInterrupted, onStopSignal, runCommand } from '../tools/command.js';
import { findDifference, npmCommand } from '../tools/prepare.js';
import { addTallies, formatTally, tallyExit, tallyVitest } from '../tools/tally.js';

const here = import.meta.dirname;
// One installation for each: an official client must find its crypto library once, and they need different ones.
const clients = ['official-crypto-5', 'official-e3kit-node'];

onStopSignal(endInterrupted);

const tallies = [];
const areInstalled = (await Promise.all(clients.map(install))).every(Boolean);
if (areInstalled) tallies.push(await checkTypes(), await runTests());
else tallies.push(tallyExit({ ok: false }));

const total = addTallies(tallies);
console.log(formatTally(total));
process.exitCode = total.failed > 0 ? 1 : 0;

/** Installs what the lockfile of a client names, if that is not what is there. Whether it is there now. */
async function install(client) {
  const cwd = join(here, client);
  const readList = (path) =>
    existsSync(join(cwd, path)) ? JSON.parse(readFileSync(join(cwd, path), 'utf8')) : undefined;
  const reason = findDifference({
    lockfile: readList('package-lock.json'),
    installed: readList('node_modules/.package-lock.json'),
    isPresent: (path) => existsSync(join(cwd, path)),
  });
  if (reason === undefined) return true;
  console.error(`installing ${client} with npm ci: ${reason}`);
  // What these packages would run on installation is not needed: leveldown comes with its binaries.
  const { command, args } = npmCommand();
  const { ok, output } = await runCommand({
    command,
    args: [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    cwd,
  });
  if (!ok) console.log(`FAILED to install ${client}\n${output}`);
  return ok;
}

async function checkTypes() {
  const { ok, output } = await runCommand({ command: 'tsc', args: ['-p', here] });
  if (!ok) console.log(`FAILED types\n${output}`);
  return tallyExit({ ok });
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-interop-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
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
