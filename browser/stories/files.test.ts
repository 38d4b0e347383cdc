/** Files in a page: a worker does what is large, the page goes on, and without a worker it goes on as well. */
import type { EThree, FileProgress } from '@sotto/e3kit';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bundleScript } from './kit/bundle.js';
import './kit/page-globals.ts';
import { openStage, openTab, type Stage, type Tab, waitForGlobal } from './kit/stage.ts';

declare global {
  var alice: EThree;
  /** A file of so many MiB, no two of them the same. */
  var makeFile: (mebibytes: number) => File;
  /** Whether two files hold the same. */
  var isSame: (a: Blob, b: Blob) => Promise<boolean>;
  /** Runs the task, and tells of the frames that the page has drawn meanwhile. */
  var countFrames: <T>(
    task: () => Promise<T>,
  ) => Promise<{ result: T; frames: number; longestGapMs: number; ms: number }>;
}

/** What the policy of a page says of workers: the strict one of the other stories wants trusted types, which a worker's address is not. */
type Policy = 'with workers' | 'strict';

async function openPage(stage: Stage, policy: Policy): Promise<Tab> {
  const { folder } = inject('project').bundles.client;
  const scripts = policy === 'strict' ? [] : ["'self'"];
  const url = await stage.servePages({ folders: { '/': folder }, connectTo: [], scripts });
  return openTools(await openTab(await stage.browser.newContext(), `${url}/`));
}

async function openTools(tab: Tab): Promise<Tab> {
  await waitForGlobal(tab, 'openDevice');
  await tab.page.evaluate(() => {
    globalThis.makeFile = (mebibytes) => {
      const parts = Array.from({ length: mebibytes }, (_, index) => new Uint8Array(1024 * 1024).fill(index + 1));
      return new File(parts, 'film.mp4', { type: 'video/mp4', lastModified: 1_700_000_000_000 });
    };
    globalThis.isSame = async (a, b) => {
      const digests = await Promise.all(
        [a, b].map(async (it) => crypto.subtle.digest('SHA-256', await it.arrayBuffer())),
      );
      const [first, second] = digests.map((digest) => new Uint8Array(digest).toString());
      return first === second;
    };
    globalThis.countFrames = async (task) => {
      const times = [performance.now()];
      let isOver = false;
      const draw = () => {
        times.push(performance.now());
        if (!isOver) requestAnimationFrame(draw);
      };
      requestAnimationFrame(draw);
      const result = await task();
      isOver = true;
      const gaps = times.slice(1).map((time, index) => time - times[index]!);
      return { result, frames: gaps.length, longestGapMs: Math.max(0, ...gaps), ms: performance.now() - times[0]! };
    };
  });
  return tab;
}

/** Opens `alice` of the page. */
async function openAlice(stage: Stage, tab: Tab, identity: string): Promise<void> {
  await tab.page.evaluate(
    async (options) => {
      globalThis.alice = await openDevice(options);
      await alice.register();
    },
    { ...stage.addresses, identity },
  );
}

/** Notes each worker that the page starts. */
function watchWorkers({ page }: Tab): { started: number } {
  const seen = { started: 0 };
  page.on('worker', () => {
    seen.started += 1;
  });
  return seen;
}

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe.each([
  ['with workers', 2, []],
  // Said once, by the browser: the client does not try again.
  ['strict', 0, ["This document requires 'TrustedScriptURL' assignment. The action has been blocked."]],
] as const)('a page whose policy is %s', (policy, workers, complaints) => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await openPage(stage, policy);
    await openAlice(stage, tab, `alice ${policy}`);
  });

  it('encrypts and decrypts 100 MB, and draws all the while', async () => {
    const seen = watchWorkers(tab);
    const outcome = await tab.page.evaluate(async () => {
      const film = makeFile(100);
      const encrypted = await countFrames(() => alice.authEncryptFile(film));
      const decrypted = await countFrames(() => alice.authDecryptFile(encrypted.result));
      const { name, type, size } = decrypted.result;
      const frames = [encrypted, decrypted].map(({ result: _, ...rest }) => rest);
      return { name, type, size, isSame: await isSame(film, decrypted.result), frames };
    });
    const { frames, ...file } = outcome;
    expect(file).toEqual({ name: 'film.mp4', type: 'video/mp4', size: 100 * 1024 * 1024, isSame: true });
    // Had it stood still, there would be one frame or two.
    for (const { frames: count } of frames) expect(count).toBeGreaterThan(10);
    expect(seen.started).toBe(workers);
    await expect.poll(() => tab.page.workers().length).toBe(0);
  });

  it('reports progress, and leaves nothing at work when it is aborted', async () => {
    const outcome = await tab.page.evaluate(async () => {
      const controller = new AbortController();
      const seen: number[] = [];
      const onProgress = ({ bytesProcessed }: FileProgress) => {
        seen.push(bytesProcessed);
        if (bytesProcessed >= 4_000_000) controller.abort();
      };
      const options = { chunkSize: 1_000_000, onProgress, signal: controller.signal };
      const error = await alice.authEncryptFile(makeFile(20), undefined, options).catch((caught: unknown) => caught);
      const { name, code } = error as { name: string; code: string };
      return { name, code, seen, isOurs: error instanceof kit.AbortError };
    });
    const seen = [1_000_000, 2_000_000, 3_000_000, 4_000_000];
    expect(outcome).toEqual({ name: 'AbortError', code: 'stream/aborted', seen, isOurs: true });
    await expect.poll(() => tab.page.workers().length).toBe(0);
  });

  it('refuses a large file with a bit changed', async () => {
    const code = await tab.page.evaluate(async () => {
      const bytes = new Uint8Array(await (await alice.authEncryptFile(makeFile(9))).arrayBuffer());
      bytes[5_000_000]! ^= 1;
      return alice.authDecryptFile(new Blob([bytes])).then(
        () => 'opened',
        (error: { code: string }) => error.code,
      );
    });
    expect(code).toBe('envelope/undecryptable');
  });

  it('has nothing else to complain of', () => {
    expect(tab.complaints).toEqual(complaints);
  });
});

describe('the worker', () => {
  it('may be the app’s own, or none', async () => {
    const { folder } = inject('project');
    const entry = join(folder, 'node_modules/@virgilsecurity/e3kit/dist/e3kit/worker.js');
    await bundleScript({ entry, folder: join(folder, 'own-worker') });
    const folders = { '/own-worker/': join(folder, 'own-worker'), '/': inject('project').bundles.client.folder };
    const url = await stage.servePages({ folders, connectTo: [], scripts: ["'self'"] });
    const tab = await openTools(await openTab(await stage.browser.newContext(), `${url}/`));
    const addresses: string[] = [];
    tab.page.on('worker', (worker) => addresses.push(worker.url().replace(url, '')));
    const outcome = await tab.page.evaluate(
      async (options) => {
        const own = await openDevice({ ...options, fileWorker: () => new Worker('/own-worker/worker.js') });
        await own.register();
        const none = await openDevice({ ...options, fileWorker: false });
        const film = makeFile(10);
        return isSame(film, await none.authDecryptFile(await own.authEncryptFile(film)));
      },
      { ...stage.addresses, identity: 'app with its own' },
    );
    expect(outcome).toBe(true);
    expect(addresses).toEqual(['/own-worker/worker.js']);
    expect(tab.complaints).toEqual([]);
  });

  it('is done without where modules are loaded by an import map, which workers do not have', async () => {
    const { folder, importMap } = inject('project');
    const folders = { '/client/': join(folder, 'client'), '/node_modules/': join(folder, 'node_modules') };
    const url = await stage.servePages({ folders, importMap, connectTo: [], scripts: ["'self'"] });
    const tab = await openTools(await openTab(await stage.browser.newContext(), `${url}/client/`));
    await openAlice(stage, tab, 'alice unbundled');
    const outcome = await tab.page.evaluate(async () => {
      const film = makeFile(10);
      return isSame(film, await alice.authDecryptFile(await alice.authEncryptFile(film)));
    });
    expect(outcome).toBe(true);
    expect(tab.complaints).toEqual([]);
  });
});

describe('streams of a page', () => {
  it('are read, piped and sealed as files are, and refused at their end', async () => {
    const tab = await openPage(stage, 'strict');
    await openAlice(stage, tab, 'alice with streams');
    const outcome = await tab.page.evaluate(async () => {
      const film = makeFile(3);
      const { size } = film;
      const sealed = await new Response(await alice.authEncryptStream(film.stream(), undefined, { size })).blob();
      const opened = await new Response(await alice.authDecryptStreamUnverified(sealed.stream())).blob();
      const verified = await new Response(await alice.authDecryptFileToStream(sealed)).blob();
      const cutOff = await alice.authDecryptStreamUnverified(sealed.slice(0, 2_000_000).stream());
      const failure = await cutOff.pipeTo(new WritableStream()).catch((error: { code: string }) => error.code);
      const details = await alice.openFile(await alice.sealFile(film));
      const { name, type, lastModified } = details;
      const same = await Promise.all([opened, verified, details].map((it) => isSame(film, it)));
      return { same, failure, name, type, lastModified };
    });
    expect(outcome).toEqual({
      same: [true, true, true],
      failure: 'stream/unverified',
      name: 'film.mp4',
      type: 'video/mp4',
      lastModified: 1_700_000_000_000,
    });
    expect(tab.complaints).toEqual([]);
  });
});
