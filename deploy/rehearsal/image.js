// Builds deploy/Containerfile as an engine would, each stage in a folder of its own, and runs what came out of it.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { root } from '../../tools/command.js';
import { addNodeUser, makeBase, run } from './base.js';
import { parseContainerfile } from './containerfile.js';
import { runInside, startInside } from './inside.js';

/** Builds below `folder`. `cache` is where npm keeps what it has fetched. Gives back the last stage and the folder that it is in. */
export async function buildImage(folder, { tree = root, cache, say }) {
  const stages = parseContainerfile(readFileSync(join(tree, 'deploy/Containerfile'), 'utf8'));
  const roots = new Map();
  for (const [index, stage] of stages.entries()) {
    const stageRoot = join(folder, `stage-${index}`);
    await makeBase(stageRoot, { prefix: '/usr/local' });
    await addNodeUser(stageRoot);
    mkdirSync(join(stageRoot, 'npm-cache'));
    const env = { ...stage.env, npm_config_cache: '/npm-cache', ...certificates() };
    let workdir = '/';
    for (const step of stage.steps) {
      if (step.kind === 'workdir') mkdirSync(join(stageRoot, (workdir = step.folder)), { recursive: true });
      else if (step.kind === 'copy' && step.from === undefined) copyContext(tree, join(stageRoot, workdir));
      else if (step.kind === 'copy') await copyFrom(roots.get(step.from), stageRoot, step);
      else {
        say(`stage ${index}: ${step.command.at(-1)}`);
        const command = ['/bin/sh', '-c', 'cd "$0" && exec "$@"', workdir, ...step.command];
        await runInside(stageRoot, { command, env, binds: { '/npm-cache': cache } });
      }
    }
    roots.set(stage.name, stageRoot);
  }
  return { ...stages.at(-1), folder: roots.get(stages.at(-1).name) };
}

/** A new volume for each path: like an engine's, it begins as the image has that folder. */
export async function makeVolumes(image, folder) {
  const binds = {};
  for (const path of image.volumes) {
    binds[path] = join(folder, `volume-${basename(path)}`);
    await run('cp', ['--archive', join(image.folder, path), binds[path]]);
  }
  return binds;
}

/** As compose.yaml says: no root, no capability, no new privilege, nothing writable but the volumes and /tmp. */
export function startContainer(image, { binds, env, command = [...image.entrypoint, ...image.command] }) {
  return startInside(image.folder, {
    command,
    env: { ...image.env, ...env },
    ids: image.user,
    binds,
    readOnly: true,
  });
}

/** The files that an engine would be sent, by .dockerignore. */
function copyContext(tree, target) {
  const ignore = dockerignore().add(readFileSync(join(tree, '.dockerignore'), 'utf8'));
  const walk = (folder) => {
    for (const name of readdirSync(join(tree, folder))) {
      const path = join(folder, name);
      // No pattern of the list brings back what is in these.
      if (name === 'node_modules' || name === '.git') continue;
      if (statSync(join(tree, path)).isDirectory()) walk(path);
      else if (!ignore.ignores(path)) cpSync(join(tree, path), join(target, path));
    }
  };
  walk('');
}

async function copyFrom(source, target, { sources, target: path }) {
  for (const it of sources) await run('cp', ['--archive', join(source, it), join(target, path)]);
}

/** Which certificates this machine trusts, where it says so. */
function certificates() {
  const { NODE_EXTRA_CA_CERTS: file } = process.env;
  return file === undefined ? {} : { NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt' };
}
