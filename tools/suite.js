// What suites with an install of their own (interop/, browser/) share, and verify.js with them: installing, and Vitest counted.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command.js';
import { findDifference, npmCommand } from './prepare.js';
import { tallyExit, tallyVitest } from './tally.js';

/**
 * Installs what the lockfile in `cwd` names, if that is not what is there. Whether it is there now. No package's own scripts are
 * run: what the suites need comes inside the packages.
 */
export async function installIn(cwd) {
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

/** Checks the types of the tests in `folder`. */
export async function checkTypesIn(folder) {
  const { ok, output } = await runCommand({ command: 'tsc', args: ['-p', folder] });
  if (!ok) console.log(`FAILED types\n${output}`);
  return tallyExit({ ok });
}

/** A folder for what a run leaves behind, gone when this process ends. */
export function makeTemporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-suite-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs Vitest with its output shown, and counts by its report. */
export async function runVitest({ args, cwd }) {
  const file = join(makeTemporaryFolder(), 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { ok } = await runCommand({ command: 'vitest', args: [...args, ...reporters], cwd, stream: true });
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  return tallyVitest({ report, ok });
}
