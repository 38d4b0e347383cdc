// node tools/pack-server.js [folder]: builds, and packs the command `sotto` with all that it needs to run as one archive. A server unpacks and
// runs it, without npm and without a network. It is for systems like this one: the database comes as a compiled binary.
//
// The packages are copied as npm ci laid them out, so that what runs on a server are the files that the tests ran with.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { endInterrupted, onStopSignal, root, runCommand } from './command.js';

const COMMAND = '@sotto/cli';

/** Not for servers: what `sotto dev --demo` alone needs, and the keychain of a desktop. Whoever calls for them is told what is missing. */
const LEFT_OUT = new Set(['@twilio/conversations', '@napi-rs/keyring']);

/** Types, maps of sources, and the page of the demo. */
const IS_UNUSED = /\.([cm]?ts|map|tsbuildinfo)$|\/cli\/dist\/page$/;

/** For readers and installers, beside the packages. */
const PAPERS = ['LICENSE', 'SECURITY.md', 'deploy'];
const IS_FOR_DEVELOPERS = /\.(js|test\.ts)$/;

/** Packs what was built into `folder`. Gives back the archive's path and how large its content is. */
export async function packServer(folder, tree = root) {
  const { version } = readManifest(join(tree, 'packages/cli'));
  const name = `sotto-${version}`;
  const archive = join(resolve(folder), `${name}-${process.platform}-${process.arch}.tgz`);
  const temporary = mkdtempSync(join(tmpdir(), 'sotto-pack-'));
  try {
    stageServer(join(temporary, name), tree);
    const bytes = await measure(temporary);
    mkdirSync(dirname(archive), { recursive: true });
    // The same sources give the same archive, byte by byte.
    const sameForAll = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=go=rX,u+w'];
    const args = [...sameForAll, '--use-compress-program=gzip --no-name -9', '-cf', archive, '-C', temporary, name];
    await run('tar', args);
    return { archive, bytes };
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Lays out in `folder` what the archive holds. */
export function stageServer(folder, tree = root) {
  for (const [from, to] of collectPackages(tree)) copyPackage(from, join(folder, to));
  const program = join(folder, 'node_modules', COMMAND, 'bin/sotto.js');
  chmodSync(program, 0o755);
  mkdirSync(join(folder, 'bin'));
  symlinkSync(relative(join(folder, 'bin'), program), join(folder, 'bin/sotto'));
  const filter = (path) => !IS_FOR_DEVELOPERS.test(path) && basename(path) !== 'node_modules';
  for (const paper of PAPERS.filter((path) => existsSync(join(tree, path)))) {
    cpSync(join(tree, paper), join(folder, paper), { recursive: true, filter });
  }
}

/** The folders of all packages that the command needs, and by them where each lies in the archive. */
export function collectPackages(tree = root) {
  const places = new Map();
  const queue = [{ name: COMMAND, dependent: tree, isOptional: false }];
  for (const { name, dependent, isOptional } of queue) {
    const found = findPackage(name, dependent, tree);
    if (found === undefined && isOptional) continue; // made for another platform
    if (found === undefined) throw new Error(`${name} is not installed, which ${dependent} needs. Run npm ci.`);
    const folder = realpathSync(found);
    if (places.has(folder)) continue;
    const manifest = readManifest(folder);
    if (isOptional && isForAnotherLibrary(manifest)) continue;
    places.set(folder, relative(tree, found).replace(/^packages\/([^/]+)\//, 'node_modules/@sotto/$1/'));
    const { dependencies = {}, optionalDependencies = {} } = manifest;
    for (const it of Object.keys({ ...dependencies, ...optionalDependencies }).filter((it) => !LEFT_OUT.has(it))) {
      queue.push({ name: it, dependent: folder, isOptional: it in optionalDependencies });
    }
  }
  return places;
}

/** Where Node would find a package for a file in `folder`. */
function findPackage(name, folder, tree) {
  const found = join(folder, 'node_modules', name);
  if (existsSync(join(found, 'package.json'))) return found;
  return folder === tree ? undefined : findPackage(name, dirname(folder), tree);
}

/** npm installs binaries for either C library where a package does not say which one it was compiled for. */
function isForAnotherLibrary({ name }) {
  const isMusl = process.report.getReport().header.glibcVersionRuntime === undefined;
  return process.platform === 'linux' && (isMusl ? name.endsWith('-gnu') : name.endsWith('-musl'));
}

/** Of ours, what `files` names. */
function copyPackage(from, to) {
  const { name, files } = readManifest(from);
  const names = name.startsWith('@sotto/') ? ['package.json', ...files] : ['.'];
  const nested = join(from, 'node_modules');
  const filter = (path) => path !== nested && !IS_UNUSED.test(path);
  for (const it of names) cpSync(join(from, it), join(to, it), { recursive: true, filter });
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

async function measure(folder) {
  const output = await run('du', ['--summarize', '--bytes', folder]);
  return Number.parseInt(output, 10);
}

async function run(command, args) {
  const { ok, output } = await runCommand({ command, args });
  if (!ok) throw new Error(`${output}\n${command} failed; the lines above say why.`);
  return output;
}

async function main(folder = '.') {
  onStopSignal(endInterrupted);
  // Without the chat app, which no server has.
  await run('tsc', ['-b', 'packages/cli']);
  const { archive, bytes } = await packServer(folder);
  console.error(`${megabytes(bytes)}, packed ${megabytes(statSync(archive).size)}, SHA-256:`);
  console.error(createHash('sha256').update(readFileSync(archive)).digest('hex'));
  console.log(relative(process.cwd(), archive));
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

if (import.meta.filename === realpathSync(process.argv[1] ?? '.')) await main(...process.argv.slice(2));
