// node browser/measure.js: how long our client and the official one, WebAssembly, take in Chromium, in turns in one run.
// Not a test: it says what is, on this machine.
import { startWorld } from '@sotto/testing';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { endInterrupted, onStopSignal } from '../tools/command.js';
import { build } from '../tools/prepare.js';
import { launchOptions } from './chromium.js';
import { bundleApp, bundleScript } from './stories/kit/bundle.js';
import { servePages } from './stories/kit/pages.js';
import { createProject } from './stories/kit/project.js';

const STARTS = 15;
const ROUNDS = 30;
const CALLS_PER_ROUND = 20;
const CLIENTS = ['ours', 'official'];

onStopSignal(endInterrupted);
const folder = mkdtempSync(join(tmpdir(), 'sotto-measure-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

await build();
const { scripts, url, world, close } = await prepare();
const browser = await chromium.launch(launchOptions());
const context = await browser.newContext();
try {
  console.log(`Chromium ${browser.version()}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
  const settings = await register();
  printStarts(await measureStarts(settings));
  printCalls(await measureCalls(settings));
} finally {
  await browser.close();
  await close();
}

async function prepare() {
  const installation = join(import.meta.dirname, 'official-e3kit-browser');
  await createProject(folder);
  const { folder: ours } = await bundleApp(join(folder, 'size'));
  await bundleScript({ entry: join(installation, 'polyfills.js'), folder: join(folder, 'measure') });
  const world = await startWorld();
  const pages = await servePages({
    folders: {
      '/ours/': join(ours, 'assets'),
      '/official/': join(installation, 'node_modules/@virgilsecurity/e3kit-browser/dist'),
      '/': join(folder, 'measure'),
    },
    connectTo: ["'self'", world.service.url],
    scripts: ["'wasm-unsafe-eval'"],
  });
  const bundle = readdirSync(join(ours, 'assets')).find((name) => name.startsWith('index-'));
  return {
    world,
    url: `${pages.url}/`,
    scripts: { ours: `/ours/${bundle}`, official: '/official/browser.umd.js' },
    async close() {
      await pages.close();
      await world.close();
    },
  };
}

async function openPage() {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Gives both users a key in the browser and a card, as users have who come back. */
async function register() {
  const { apiUrl, servicePublicKey } = { apiUrl: world.service.url, ...world.service };
  const users = {};
  for (const client of CLIENTS) {
    users[client] = { token: await world.app.issuer.issue(client), script: scripts[client] };
  }
  const settings = { apiUrl, servicePublicKey, users };
  const page = await openPage();
  await page.evaluate(async ({ apiUrl, servicePublicKey, users }) => {
    await globalThis.loadScript('ours', users.ours.script);
    await globalThis.loadScript('official', users.official.script);
    const open = (EThree, token) => EThree.initialize(async () => token, { apiUrl, servicePublicKey });
    const devices = [
      await open(globalThis.EThree, users.ours.token),
      await open(globalThis.E3kit.EThree, users.official.token),
    ];
    for (const eThree of devices) await eThree.register();
  }, settings);
  await page.close();
  return settings;
}

/** Milliseconds in a new page until the script has run, and until it has sealed a message for its user. */
async function measureStarts(settings) {
  const results = { ours: [], official: [] };
  for (let start = 0; start < STARTS; start++) {
    for (const client of CLIENTS) {
      const page = await openPage();
      const result = await page.evaluate(
        async ({ client, settings: { apiUrl, servicePublicKey, users } }) => {
          const { script, token } = users[client];
          const began = performance.now();
          await globalThis.loadScript(client, script);
          const loaded = performance.now();
          const EThree = client === 'ours' ? globalThis.EThree : globalThis.E3kit.EThree;
          const eThree = await EThree.initialize(async () => token, { apiUrl, servicePublicKey });
          const initialized = performance.now();
          await eThree.authEncrypt('hello');
          const sealed = performance.now();
          return {
            load: loaded - began,
            initialize: initialized - loaded,
            seal: sealed - initialized,
            total: sealed - began,
          };
        },
        { client, settings },
      );
      results[client].push(result);
      await page.close();
    }
  }
  return results;
}

/** Microseconds per call with 1 KB of text, by job and client. */
async function measureCalls(settings) {
  const page = await openPage();
  return page.evaluate(
    async ({ apiUrl, servicePublicKey, users, ROUNDS, CALLS_PER_ROUND, CLIENTS }) => {
      await globalThis.loadScript('ours', users.ours.script);
      await globalThis.loadScript('official', users.official.script);
      const text = 'x'.repeat(1024);
      const devices = {};
      for (const client of CLIENTS) {
        const EThree = client === 'ours' ? globalThis.EThree : globalThis.E3kit.EThree;
        const token = users[client].token;
        const eThree = await EThree.initialize(async () => token, { apiUrl, servicePublicKey });
        const [other] = CLIENTS.filter((name) => name !== client);
        devices[client] = { eThree, self: await eThree.findUsers(client), other: await eThree.findUsers(other) };
      }
      for (const client of CLIENTS) {
        const { eThree, other } = devices[client];
        devices[client].sealed = await eThree.authEncrypt(text, other);
      }
      const jobs = {
        'seal, for oneself': ({ eThree }) => eThree.authEncrypt(text),
        'seal, for another and oneself': ({ eThree, other }) => eThree.authEncrypt(text, other),
        'open and verify': ({ eThree, self, sealed }) => eThree.authDecrypt(sealed, self),
        'seal as in 2019': ({ eThree, other }) => eThree.encrypt(text, other),
      };
      const results = Object.fromEntries(
        Object.keys(jobs).map((job) => [job, Object.fromEntries(CLIENTS.map((client) => [client, []]))]),
      );
      // The first round warms up.
      for (let round = 0; round <= ROUNDS; round++) {
        for (const [job, call] of Object.entries(jobs)) {
          for (const client of CLIENTS) {
            const began = performance.now();
            for (let count = 0; count < CALLS_PER_ROUND; count++) await call(devices[client]);
            const each = ((performance.now() - began) * 1000) / CALLS_PER_ROUND;
            if (round > 0) results[job][client].push(each);
          }
        }
      }
      return results;
    },
    { ...settings, ROUNDS, CALLS_PER_ROUND, CLIENTS },
  );
}

function printStarts({ ours, official }) {
  console.log(`\nms in a new page, ${STARTS} starts, with a key from before, no request: median (quartiles)`);
  const rows = {
    'script loaded': 'load',
    'client initialized': 'initialize',
    'first message sealed': 'seal',
    'all together': 'total',
  };
  for (const [title, field] of Object.entries(rows)) {
    const [a, b] = [ours, official].map((results) => results.map((result) => result[field]));
    printRow(title, a, b);
  }
}

function printCalls(results) {
  console.log(`\nµs per 1 KB message, ${ROUNDS} rounds of ${CALLS_PER_ROUND} calls: median (quartiles)`);
  for (const [job, { ours, official }] of Object.entries(results)) printRow(job, ours, official);
}

function printRow(title, ours, official) {
  const ratio = (quantile(official, 0.5) / quantile(ours, 0.5)).toFixed(2);
  console.log(`${title.padEnd(38)} ours ${spread(ours)}  official ${spread(official)}  ${ratio.padStart(6)} ×`);
}

function spread(values) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share).toFixed(1));
  return `${middle} (${low}–${high})`.padEnd(24);
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)];
}
