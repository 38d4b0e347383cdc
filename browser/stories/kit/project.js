/** Packs the client and its chat package, and installs them as their users do, in a project outside of our tree, beside the apps that use it. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from '../../../tools/command.js';
import { npm, packPackage } from '../../../tools/pack.js';

/** Under which names the examples import the client. */
const NAMES = ['@virgilsecurity/e3kit', '@sotto/e3kit'];
const CHAT = '@sotto/chat-twilio';

/** Makes the project in `folder`, which is empty. Gives back the import map by which its apps run as they are. */
export async function createProject(folder) {
  const { tarball } = await packPackage(folder);
  const { tarball: chatTarball } = await packPackage(folder, CHAT);
  await copyApps(folder);
  const tarballs = [...NAMES.map((name) => [name, tarball]), [CHAT, chatTarball]];
  const dependencies = Object.fromEntries(tarballs.map(([name, file]) => [name, `file:${basename(file)}`]));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=optional'], folder);
  return { folder, importMap: await createImportMap(folder) };
}

async function copyApps(folder) {
  await cp(join(import.meta.dirname, '../../pages'), folder, { recursive: true });
  for (const [name, files] of [
    ['article', ['article.js', 'backend.js', 'bob.js']],
    ['quickstart', ['quickstart.js', 'fetch-token.js']],
    ['several-devices', ['several-devices.js', 'fetch-token.js']],
    ['group-chat', ['group-chat.js', 'fetch-token.js']],
    ['photo-sharing', ['photo-sharing.js', 'fetch-token.js']],
    ['patient-record', ['patient-record.js', 'records.js', 'fetch-token.js']],
    ['sensor-fleet', ['sensor-fleet.js', 'table.js', 'log.js', 'fleet.js', 'fetch-token.js']],
  ]) {
    for (const file of files) await cp(join(root, 'examples', name, file), join(folder, name, file));
  }
}

/** The client by its entry for browsers, its dependencies by the paths that they export. */
async function createImportMap(folder) {
  /** @type {Record<string, string>} */
  const imports = {};
  for (const name of NAMES) {
    const path = `node_modules/${name}`;
    const { exports, dependencies } = JSON.parse(await readFile(join(folder, path, 'package.json'), 'utf8'));
    imports[name] = `/${path}/${resolveTarget(exports['.']).replace('./', '')}`;
    for (const dependency of Object.keys(dependencies)) imports[`${dependency}/`] = `/node_modules/${dependency}/`;
  }
  return { imports };
}

/** The file that a browser is to load, as Node's rules for conditional exports have it: the first condition that holds. */
function resolveTarget(target) {
  if (typeof target === 'string') return target;
  const condition = Object.keys(target).find((name) => ['browser', 'import', 'default'].includes(name));
  return resolveTarget(target[condition]);
}
