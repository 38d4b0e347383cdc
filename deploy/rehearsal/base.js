// What stands in for the base image node:…-bookworm-slim, and for a server with Debian: a Debian by debootstrap, kept for the next time, with this
// machine's Node in it.
import { cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../../tools/command.js';
import { runInside } from './inside.js';

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sotto');
const SUITE = 'bookworm';
/** Beside a minimal Debian: what a slim image has of it, and what every server has. */
const PACKAGES = ['ca-certificates', 'curl', 'sudo'];

/** A copy for changing, in `folder`. `prefix` is where Node goes: /usr/local as in the image, /usr as of a Debian package. */
export async function makeBase(folder, { prefix }) {
  const debian = join(CACHE, ['debian', SUITE, ...PACKAGES].join('-'));
  if (!existsSync(debian)) await makeDebian(debian);
  await run('cp', ['--archive', '--reflink=auto', debian, folder]);
  await run('cp', ['--dereference', process.execPath, join(folder, prefix, 'bin/node')]);
  // npm is beside the Node that it came with.
  const npm = dirname(dirname(realpathSync(join(dirname(process.execPath), 'npm'))));
  cpSync(npm, join(folder, prefix, 'lib/node_modules/npm'), { recursive: true });
  await run('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(folder, prefix, 'bin/npm')]);
  // The network of this machine, for npm.
  for (const file of ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs/ca-certificates.crt']) {
    if (existsSync(file)) cpSync(realpathSync(file), join(folder, file));
  }
}

/** The user of the image, by whom `USER 1000:1000` has a name. */
export function addNodeUser(folder) {
  return runInside(folder, { command: ['useradd', '--uid', '1000', '--user-group', '--create-home', 'node'] });
}

async function makeDebian(folder) {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  await run('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, SUITE, unfinished]);
  renameSync(unfinished, folder);
}

export async function run(command, args) {
  const { ok, output } = await runCommand({ command, args });
  if (!ok) throw new Error(`${output}\n${command} failed; the lines above say why.`);
  return output;
}
