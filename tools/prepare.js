// What has to be true before anything of ours runs: a Node that is new enough, and the packages that the lockfile names.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildChatApp } from './build-chat-app.js';
import { root, runCommand } from './command.js';

/** Ends the process with one line when this Node is older than package.json asks for. */
export function checkNode() {
  const needed = readJson('package.json').engines.node.replace('>=', '');
  if (isOlder(process.versions.node, needed)) {
    fail(`sotto needs Node ${needed} or newer, and this is ${process.versions.node}: https://nodejs.org`);
  }
}

/** Installs what the lockfile names, if that is not what node_modules holds. */
export async function installPackages() {
  const reason = findDifference({
    lockfile: readJson('package-lock.json'),
    installed: existsSync(join(root, 'node_modules/.package-lock.json'))
      ? readJson('node_modules/.package-lock.json')
      : undefined,
    isPresent: (path) => existsSync(join(root, path)),
  });
  if (reason === undefined) return;
  say(`installing packages with npm ci: ${reason}`);
  const { command, args } = npmCommand();
  // Under NODE_ENV=production npm would leave out what builds and tests us.
  const { ok, output } = await runCommand({ command, args: [...args, 'ci', '--include=dev'] });
  if (!ok) fail(`${output}\nnpm ci failed; the lines above say why.`);
}

/** Compiles what changed since the last time, and the chat app with it. */
export async function build() {
  say('building with tsc');
  const { ok, output } = await runCommand({ command: 'tsc', args: ['-b'] });
  if (!ok) fail(`${output}\nThe build failed; the lines above say why.`);
  const app = await buildChatApp();
  if (!app.ok) fail(`${app.output}\nThe chat app could not be built; the lines above say why.`);
}

/**
 * Says in what `installed`, the list that npm leaves in node_modules, falls short of `lockfile`, or undefined.
 * The two are compared by content: a checkout or a copy gives files new times, and the same packages.
 */
export function findDifference({ lockfile, installed, isPresent }) {
  if (installed === undefined) return 'none are installed';
  for (const [path, wanted] of Object.entries(lockfile.packages)) {
    if (path === '') continue;
    const found = installed.packages[path];
    if (found === undefined) {
      // npm leaves out what was built for another platform.
      if (wanted.optional || wanted.devOptional) continue;
      return `${path} is missing`;
    }
    const field = ['version', 'resolved', 'integrity', 'link'].find((name) => found[name] !== wanted[name]);
    if (field !== undefined) return `${path} has changed`;
    if (!isPresent(path)) return `${path} is missing`;
  }
  return undefined;
}

/** Compares two versions of the form 20.19.0. */
export function isOlder(version, than) {
  const [a, b] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  const index = b.findIndex((part, position) => part !== a[position]);
  return index !== -1 && a[index] < b[index];
}

/** How to call the npm that started us, rather than whichever is first on the path. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith('npm-cli.js') ? { command: process.execPath, args: [script] } : { command: 'npm', args: [] };
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}
