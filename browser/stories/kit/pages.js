/** Serves pages from folders, under a strict Content-Security-Policy, on a port of their own. */
import { serve } from '@hono/node-server';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * @param {object} options
 * @param {Readonly<Record<string, string>>} options.folders By the beginning of their paths; the first that fits is looked into.
 * @param {readonly string[]} options.connectTo What the pages may talk to: addresses, or `'self'`.
 * @param {object} [options.importMap]
 * @param {readonly string[]} [options.scripts] What scripts may do beyond coming from here, as `'wasm-unsafe-eval'`.
 * @param {readonly string[]} [options.trustedTypes] Names of the policies by which the pages may make trusted types, as of a worker's address.
 */
export async function servePages({ folders, connectTo, importMap, scripts = [], trustedTypes = [] }) {
  const inlined = importMap ? JSON.stringify(importMap) : '';
  const policy = createPolicy({ connectTo, inlined, scripts, trustedTypes });
  const fetch = async ({ url }) => {
    const path = normalize(decodeURIComponent(new URL(url).pathname)).replace(/\/$/, '/index.html');
    const [prefix, folder] = Object.entries(folders).find(([start]) => path.startsWith(start)) ?? [];
    const type = TYPES[extname(path)];
    if (prefix === undefined || type === undefined) return new Response(null, { status: 404 });
    const content = await readFile(join(folder, path.slice(prefix.length))).catch(() => undefined);
    if (content === undefined) return new Response(null, { status: 404 });
    const headers = { 'Content-Type': type, 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' };
    if (extname(path) !== '.html' || inlined === '') return new Response(content, { headers });
    const map = `<script type="importmap">${inlined}</script>`;
    return new Response(
      content.toString().replace('<head>', () => `<head>${map}`),
      { headers },
    );
  };
  const { port, close } = await listen(fetch);
  return { url: `http://localhost:${port}`, close };
}

function createPolicy({ connectTo, inlined, scripts, trustedTypes }) {
  const hashes = inlined === '' ? [] : [`'sha256-${createHash('sha256').update(inlined).digest('base64')}'`];
  const names = trustedTypes.length === 0 ? "'none'" : trustedTypes.join(' ');
  return [
    "default-src 'none'",
    `script-src ${["'self'", ...hashes, ...scripts].join(' ')}`,
    `connect-src ${connectTo.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // Text becomes neither code nor elements.
    ...(scripts.length === 0 ? ["require-trusted-types-for 'script'", `trusted-types ${names}`] : []),
  ].join('; ');
}

/** Serves by the standard `fetch` on a free port of loopback. */
export async function listen(fetch) {
  const server = serve({ fetch, hostname: '127.0.0.1', port: 0 });
  if (!server.listening) await once(server, 'listening');
  /** @type {number} */
  const port = server.address().port;
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
