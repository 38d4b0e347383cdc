/** The pages of the browser suite and the bundles in them, each side bundled by itself, served on a free port of loopback. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build, preview } from 'vite';

const entries = join(import.meta.dirname, 'entries');
const officialClient = join(import.meta.dirname, '../node_modules/@virgilsecurity/e3kit-browser/dist');

// With these a page has the finest clock that browsers give.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** @param {{ revisions: Readonly<Record<string, string>>, folder: string }} options Folders of what is measured, and an empty one. */
export async function serveSite({ revisions, folder }) {
  for (const name of ['measure', 'official', 'floor', 'libsodium', 'jose', 'node-globals', 'client-official']) {
    await bundle({ entry: name, name, folder, revision: revisions.ours });
  }
  for (const [name, revision] of Object.entries(revisions)) {
    await bundle({ entry: 'ours', name, folder, revision });
    await bundle({ entry: 'client-ours', name: `client-${name}`, folder, revision });
  }
  cpSync(join(import.meta.dirname, 'pages'), folder, { recursive: true });
  cpSync(officialClient, join(folder, 'official-e3kit'), { recursive: true });
  const headers = { ...isolation, 'Cache-Control': 'no-store' };
  const server = await preview({
    configFile: false,
    logLevel: 'warn',
    appType: 'mpa',
    root: import.meta.dirname,
    build: { outDir: folder },
    preview: { host: '127.0.0.1', port: 0, headers },
  });
  const { port } = server.httpServer.address();
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => server.close(),
  };
}

/** Bundles entries/<entry>.js as /<name>/entry.js, with our packages as they are built in `revision`. */
async function bundle({ entry, name, folder, revision }) {
  const dist = (path) => join(revision, 'packages', path);
  await build({
    root: entries,
    base: `/${name}/`,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^@sotto\/core$/, replacement: dist('core/dist/index.js') },
        { find: /^@sotto\/core\/web$/, replacement: dist('core/dist/provider/web.js') },
        { find: /^@sotto\/e3kit$/, replacement: dist('e3kit/dist/index-browser.js') },
        { find: 'sotto:curve25519', replacement: dist('core/dist/provider/curve25519.js') },
      ],
    },
    build: {
      outDir: join(folder, name),
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: join(entries, `${entry}.js`),
        preserveEntrySignatures: 'exports-only',
        output: { entryFileNames: 'entry.js' },
      },
    },
  });
}
