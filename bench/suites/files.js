/** Files: how fast a stream is encrypted and decrypted on Node and in Chromium, beside the primitives alone, and in how much memory. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
import library from 'virgil-crypto';
import { build, preview } from 'vite';
import { launchOptions } from '../../tools/chromium.js';
import { timeSides } from '../kit/interleave.js';
import { createNodeFilesFloor } from '../sides/files-floor-node.js';
import { createOfficialFiles } from '../sides/files-official.js';
import { createOurFiles } from '../sides/files-ours.js';
import { FILE_JOBS, prepareFileJob } from './file-jobs.js';

const MB = 1024 * 1024;
const MEMORY_BYTES = [10 * MB, 2048 * MB];

export async function runFiles({ revisions, onJob, onProgress, ...timing }) {
  await measureNode({ revisions, onJob, options: timing });
  const version = await measureChromium({ revision: revisions.ours, onJob, onProgress, options: timing });
  const memory = await measureMemory(revisions.ours);
  for (const { bytes, peak } of memory) {
    onProgress(`${bytes / MB} MB sealed and opened: the process takes ${(peak / MB).toFixed(0)} MB at most`);
  }
  return { chromium: version, memory };
}

async function measureNode({ revisions, onJob, options }) {
  const sides = { floor: await createNodeFilesFloor(), official: await createOfficialFiles({ library }) };
  for (const [name, revision] of Object.entries(revisions)) {
    if (existsSync(distOf(revision, 'envelope/stream.js'))) sides[name] = await loadOurs(revision);
  }
  const countDisturbances = () => process.resourceUsage().involuntaryContextSwitches;
  for (const job of FILE_JOBS) {
    const calls = await prepareFileJob(job, sides);
    onJob({ name: `${job.name}, Node`, sides: await timeSides(calls, { ...options, countDisturbances }) });
  }
}

async function loadOurs(revision) {
  const load = (path) => import(pathToFileURL(distOf(revision, path)).href);
  const [core, stream] = [await load('index.js'), await load('envelope/stream.js')];
  return createOurFiles({ core, stream, provider: (await load('provider/node.js')).nodeProvider });
}

/** In the page itself, without a worker. */
async function measureChromium({ revision, onJob, onProgress, options }) {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  onProgress('bundling');
  const site = await serveFiles(revision, folder);
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    await page.goto(`${site.url}/measure-files.html`);
    await page.waitForFunction(() => 'measureFileJob' in globalThis);
    for (const job of FILE_JOBS) {
      const measure = (request) => globalThis.measureFileJob(request);
      onJob({ name: `${job.name}, Chromium`, sides: await page.evaluate(measure, { job, options }) });
    }
    return browser.version();
  } finally {
    await browser.close();
    await site.close();
  }
}

async function serveFiles(revision, folder) {
  const root = join(import.meta.dirname, '../browser/entries');
  const alias = Object.entries({ '': 'index.js', '/stream': 'envelope/stream.js', '/web': 'provider/web.js' }).map(
    ([subpath, path]) => ({ find: new RegExp(`^@sotto/core${subpath}$`), replacement: distOf(revision, path) }),
  );
  const input = join(root, 'measure-files.js');
  await build({
    root,
    base: '/measure-files/',
    configFile: false,
    logLevel: 'error',
    resolve: { alias },
    build: {
      outDir: join(folder, 'measure-files'),
      target: 'esnext',
      modulePreload: { polyfill: false },
      rollupOptions: { input, output: { entryFileNames: 'entry.js' } },
    },
  });
  cpSync(join(import.meta.dirname, '../browser/pages/measure-files.html'), join(folder, 'measure-files.html'));
  const headers = {
    // With these a page has the finest clock that browsers give.
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
  const server = await preview({
    configFile: false,
    logLevel: 'warn',
    appType: 'mpa',
    root,
    build: { outDir: folder },
    preview: { host: '127.0.0.1', port: 0, headers },
  });
  return { url: `http://127.0.0.1:${server.httpServer.address().port}`, close: () => server.close() };
}

/** In a process of its own for each size. */
async function measureMemory(revision) {
  const measured = [];
  for (const bytes of MEMORY_BYTES) {
    const args = [join(import.meta.dirname, 'files-memory.js'), revision, String(bytes)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    measured.push({ bytes, peak: Number(stdout) });
  }
  return measured;
}

function distOf(revision, path) {
  return join(revision, 'packages/core/dist', path);
}
