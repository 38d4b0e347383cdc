/** Bundles an app by Vite without any settings, and tells of what the bundle consists. */
import { decode } from '@jridgewell/sourcemap-codec';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { build, createLogger } from 'vite';

/** Bundles the app in `root`. Gives back where its index.html is, and what Vite warned of. */
export async function bundleApp(root) {
  /** @type {string[]} */
  const warnings = [];
  await build({ root, configFile: false, ...listen(warnings) });
  return { folder: join(root, 'dist'), warnings };
}

/** Bundles `entry` into one classic script of its name in `folder`. */
export async function bundleScript({ entry, folder }) {
  const fileName = () => basename(entry);
  const lib = { entry, formats: ['iife'], name: 'script', fileName };
  const options = { lib, outDir: folder, emptyOutDir: false };
  await build({ root: dirname(entry), configFile: false, ...listen([]), build: options });
}

/**
 * Bundles an app as `bundleApp` does. Gives back its chunks, minified: `initial` are those that the page loads, `later` those that
 * code asks for when it needs them. In `bytesByModule` is what each module adds to the initial ones.
 */
export async function weighApp(root) {
  const options = {
    root,
    configFile: false,
    ...listen([]),
    // Without what Vite adds of its own.
    build: { write: false, sourcemap: 'hidden', modulePreload: false },
  };
  const { output } = await build(options);
  const chunks = output.filter(({ type }) => type === 'chunk');
  const initial = reachFrom(chunks.filter(({ isEntry }) => isEntry));
  /** @type {Record<string, number>} */
  const bytesByModule = {};
  for (const { code, map } of initial) {
    for (const [source, bytes] of countBytes(code, map?.mappings ?? '')) {
      const name = nameModule(resolve(root, 'dist/assets', map.sources[source]), root);
      bytesByModule[name] = (bytesByModule[name] ?? 0) + bytes;
    }
  }
  return { initial, later: chunks.filter((chunk) => !initial.includes(chunk)), bytesByModule };

  /** The chunks with those that they import. */
  function reachFrom(entries) {
    const found = [...entries];
    for (const { imports } of found) {
      for (const name of imports) {
        const chunk = chunks.find(({ fileName }) => fileName === name);
        if (!found.includes(chunk)) found.push(chunk);
      }
    }
    return found;
  }
}

/** How many bytes of `code` each source of its map accounts for. */
function countBytes(code, mappings) {
  const counts = new Map();
  const lines = code.split('\n');
  for (const [number, segments] of decode(mappings).entries()) {
    for (const [index, [start, source]] of segments.entries()) {
      if (source === undefined) continue;
      const end = segments[index + 1]?.[0];
      counts.set(source, (counts.get(source) ?? 0) + Buffer.byteLength(lines[number].slice(start, end)));
    }
  }
  return counts;
}

function nameModule(path, root) {
  const parts = relative(root, path).split(sep).join('/').split('node_modules/');
  return parts.at(-1).replace('@virgilsecurity/e3kit/dist/', '');
}

function listen(warnings) {
  const note = (message) => warnings.push(message);
  return { logLevel: 'warn', customLogger: { ...createLogger('silent'), warn: note, warnOnce: note, error: note } };
}
