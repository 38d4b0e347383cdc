/** What a story needs: the service and a backend in Node, Chromium, and pages that come from another origin than either. */
import { createSampleBackend } from '@sotto/auth';
import { startWorld, type World } from '@sotto/testing';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type ConsoleMessage, type Page } from 'playwright';
import { inject } from 'vitest';
import { launchOptions } from '../../../tools/chromium.js';
import { listen, servePages } from './pages.js';
import type { AppName } from './setup.ts';

type PageOptions = Parameters<typeof servePages>[0];

export interface Stage {
  readonly world: World;
  /** For what runs on Node. */
  readonly backendUrl: string;
  readonly browser: Browser;
  /** What `openDevice` of the app `client` needs to know. */
  readonly addresses: { readonly apiUrl: string; readonly backendUrl: string; readonly servicePublicKey: string };
  /** Serves an app from an origin of its own. */
  serve(app: AppName, how?: Loading): Promise<string>;
  /** The same for folders; `connectTo` adds to service and backend. */
  servePages(options: PageOptions): Promise<string>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Service and backend are at the addresses that the article has in its code. */
  readonly asInArticle?: boolean;
  /** Further names of 127.0.0.1. */
  readonly hostNames?: readonly string[];
  /** Further servers that pages talk to, as they name them (`localhost:3001`), and where they are. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Address at which clients find the service, if something stands before it. */
  readonly standBefore?: (serviceUrl: string) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** Bundled by Vite, or as modules that an import map resolves. */
export type Loading = 'bundled' | 'unbundled';

const ARTICLE = { apiUrl: 'http://localhost:8080', backendUrl: 'http://localhost:3000' };

export async function openStage({
  asInArticle,
  hostNames = [],
  hosts: otherHosts = {},
  standBefore,
}: StageOptions = {}): Promise<Stage> {
  const world = await startWorld();
  const backend = await startBackend(world);
  const front = standBefore ? await standBefore(world.service.url) : { url: world.service.url, close: async () => {} };
  const hosts = {
    ...otherHosts,
    ...Object.fromEntries(hostNames.map((name) => [name, '127.0.0.1'])),
    ...(asInArticle ? { 'localhost:8080': new URL(front.url).host, 'localhost:3000': new URL(backend.url).host } : {}),
  };
  const browser = await chromium.launch(launchOptions({ hosts }));
  const servers: { close(): Promise<void> }[] = [];
  const { apiUrl, backendUrl } = asInArticle ? ARTICLE : { apiUrl: front.url, backendUrl: backend.url };
  const others = Object.keys(otherHosts).map((host) => `http://${host}`);
  const startPages = async ({ connectTo, ...options }: PageOptions): Promise<string> => {
    const server = await servePages({ ...options, connectTo: [apiUrl, backendUrl, ...others, ...connectTo] });
    servers.push(server);
    return server.url;
  };
  return {
    world,
    backendUrl: backend.url,
    browser,
    addresses: { apiUrl, backendUrl, servicePublicKey: world.service.servicePublicKey },
    async serve(app, how = 'bundled') {
      const { folder, bundles, importMap } = inject('project');
      if (how === 'bundled') return `${await startPages({ folders: { '/': bundles[app].folder }, connectTo: [] })}/`;
      const folders = { [`/${app}/`]: join(folder, app), '/node_modules/': join(folder, 'node_modules') };
      return `${await startPages({ folders, importMap, connectTo: [] })}/${app}/`;
    },
    servePages: startPages,
    async close() {
      await browser.close();
      await Promise.all(servers.map((server) => server.close()));
      await front.close();
      await backend.close();
      await world.close();
    },
  };
}

async function startBackend(world: World): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sessionSecret = crypto.getRandomValues(new Uint8Array(32));
  const backend = createSampleBackend({ issuer: world.app.issuer, sessionSecret });
  const { port, close } = await listen(backend.fetch);
  return { url: `http://127.0.0.1:${port}`, close };
}

export interface Tab {
  readonly page: Page;
  /** Warnings and errors of the console, and errors that nobody caught, oldest first. */
  readonly complaints: string[];
  /** What the page logged. */
  readonly output: string[];
}

/** Opens a tab, of which everything is noted that a developer would see in the console. */
export async function openTab(context: BrowserContext, url?: string): Promise<Tab> {
  const page = await context.newPage();
  const tab = { page, complaints: [] as string[], output: [] as string[] };
  page.on('console', (message: ConsoleMessage) => {
    const isComplaint = ['error', 'warning', 'assert'].includes(message.type());
    (isComplaint ? tab.complaints : tab.output).push(message.text());
  });
  page.on('pageerror', (error) => tab.complaints.push(String(error.stack ?? error)));
  if (url !== undefined) await page.goto(url);
  return tab;
}

/** Resolves once the page has `name` in its global scope. */
export async function waitForGlobal({ page, complaints }: Tab, name: keyof typeof globalThis): Promise<void> {
  const failed = page.waitForEvent('pageerror', { timeout: 10_000 });
  const ready = page.waitForFunction((key) => key in globalThis, name, { timeout: 10_000 });
  failed.catch(() => {});
  await Promise.race([ready, failed.then((error) => Promise.reject(error))]).catch((cause: unknown) => {
    throw new Error(`The page has no ${name}.\n${complaints.join('\n')}`, { cause });
  });
}
