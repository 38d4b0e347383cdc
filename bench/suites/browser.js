/** Messages and the start of the client in Chromium, beside the official ones and the primitives of Web Crypto. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { launchOptions } from '../../tools/chromium.js';
import { serveSite } from '../browser/site.js';
import { interleave } from '../kit/interleave.js';
import { startServiceProcess } from '../service/process.js';
import { MESSAGE_JOBS } from './message-jobs.js';

export async function runBrowser({ revisions, rounds, onJob, onProgress, ...timing }) {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  onProgress('bundling');
  const site = await serveSite({ revisions, folder });
  const browser = await chromium.launch(launchOptions());
  try {
    const context = await browser.newContext();
    await measureMessages({ context, site, names: Object.keys(revisions), options: { ...timing, rounds }, onJob });
    await measureStarts({ context, site, revisions, rounds, onJob });
    return { chromium: browser.version() };
  } finally {
    await browser.close();
    await site.close();
  }
}

async function measureMessages({ context, site, names, options, onJob }) {
  const page = await context.newPage();
  await page.goto(`${site.url}/measure.html`);
  await page.waitForFunction(() => 'measureJob' in globalThis);
  for (const job of MESSAGE_JOBS) {
    const sides = [...names, 'official', 'floor', ...(job.bars ? ['libsodium', 'jose'] : [])];
    const request = { job, names: sides, options };
    onJob({ name: job.name, sides: await page.evaluate((request) => globalThis.measureJob(request), request) });
  }
  await page.close();
}

/** With a key in the browser from before, as users have who come back: nothing is asked of the service. */
async function measureStarts({ context, site, revisions, rounds, onJob }) {
  const names = [...Object.keys(revisions), 'official'];
  const service = await startServiceProcess(revisions.ours);
  try {
    const settings = {};
    for (const name of names) {
      const { url: apiUrl, servicePublicKey } = service;
      settings[name] = { apiUrl, servicePublicKey, token: await service.app.token(name) };
      await openClient(context, `${site.url}/client-${name}.html`, { ...settings[name], registers: true });
    }
    const results = Object.fromEntries(names.map((name) => [name, []]));
    const sample = async (name) => {
      const result = await openClient(context, `${site.url}/client-${name}.html`, settings[name]);
      results[name].push(result);
      return result.sealed;
    };
    const sides = await interleave({ names, sample, rounds });
    onJob({ name: 'from the page to the first message', sides });
    const fromModule = names.map((name) => [name, results[name].map(({ loaded, sealed }) => sealed - loaded)]);
    onJob({ name: 'from the module to the first message', sides: Object.fromEntries(fromModule) });
  } finally {
    await service.close();
  }
}

/** What the client says in a new page. */
async function openClient(context, url, settings) {
  const page = await context.newPage();
  try {
    await page.goto(`${url}#${encodeURIComponent(JSON.stringify(settings))}`);
    await page.waitForFunction(() => 'firstMessage' in globalThis);
    return await page.evaluate(() => globalThis.firstMessage);
  } finally {
    await page.close();
  }
}
