// Builds apps/chat into packages/cli/dist/page, from where `sotto dev --demo` serves it, if its sources have changed since.
// `node tools/build-chat-app.js` by itself, or from prepare.js.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { endInterrupted, onStopSignal, root, runCommand } from './command.js';

const APP = join(root, 'apps/chat');
const PAGE = join(root, 'packages/cli/dist/page');
/** Last, so that a build that was cut off counts for nothing. A name that is served to nobody. */
const STAMP = join(PAGE, '.sources');

/** What the app is made of: its own files, our packages as they were compiled, and which version there is of everything else. */
const SOURCES = [
  ...['index.html', 'package.json', 'vite.config.ts', 'public', 'src'].map((name) => join(APP, name)),
  ...['core', 'contract', 'e3kit', 'chat', 'chat-twilio'].map((name) => join(root, 'packages', name, 'dist')),
  join(root, 'package-lock.json'),
];
const IS_SOURCE = /\.(js|ts|tsx|css|html|svg|png|json)$/;
const IS_LEFT_OUT = /\.(test|d)\.tsx?$/;

/** Whether the page is there and up to date now, and, if not, what Vite said. */
export async function buildChatApp() {
  const digest = digestSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return { ok: true, output: '' };
  const args = ['build', '--logLevel', 'warn', '--outDir', PAGE, '--emptyOutDir'];
  const { ok, output } = await runCommand({ command: 'vite', args, cwd: APP });
  if (ok) writeFileSync(STAMP, digest);
  return { ok, output };
}

/** By content: a checkout or a copy gives files new times, and the same page. */
function digestSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesAt)) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function filesAt(path) {
  if (!existsSync(path)) return [];
  const names = /\.\w+$/.test(path) ? undefined : readdirSync(path, { recursive: true });
  const files = names ? names.map((name) => join(path, name)) : [path];
  return files.filter((file) => IS_SOURCE.test(file) && !IS_LEFT_OUT.test(file)).sort();
}

if (import.meta.filename === realpathSync(process.argv[1] ?? '.')) {
  onStopSignal(endInterrupted);
  const { ok, output } = await buildChatApp();
  if (!ok) console.error(`${output}\nThe chat app could not be built; the lines above say why.`);
  process.exitCode = ok ? 0 : 1;
}
