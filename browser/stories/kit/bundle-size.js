/** The limit of the bundle, and the record of what it weighed, by which one sees what grew. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Compressed by gzip -9, which every server has. */
export const LIMIT_BYTES = 45_000;

export const RECORD_FILE = join(import.meta.dirname, '../../bundle-size.json');

/** What `weighApp` gives, as it is recorded: sums over the initial chunks, and what the later ones would add. */
export function toRecord({ initial, later, bytesByModule }) {
  const sum = (count) => initial.reduce((total, { code }) => total + count(code), 0);
  return {
    gzip: sum(gzip),
    brotli: sum((code) => brotliCompressSync(code).length),
    minified: sum((code) => Buffer.byteLength(code)),
    laterGzip: Object.fromEntries(later.map(({ name, code }) => [name, gzip(code)])),
    packages: sortByValue(sumByPackage(bytesByModule)),
    modules: sortByValue(bytesByModule),
  };
}

function gzip(code) {
  return gzipSync(code, { level: 9 }).length;
}

export function readRecord() {
  return JSON.parse(readFileSync(RECORD_FILE, 'utf8'));
}

/** A table of what is in the bundle beside what was recorded, what grew most first. */
export function describeRecord(now, recorded) {
  const rowsOf = (field) => {
    const [bytes, before] = [now[field], recorded[field]];
    const growthOf = (name) => (bytes[name] ?? 0) - (before[name] ?? 0);
    return Object.keys({ ...bytes, ...before })
      .sort((a, b) => growthOf(b) - growthOf(a) || (bytes[b] ?? 0) - (bytes[a] ?? 0))
      .map((name) => toRow(bytes[name] ?? 0, growthOf(name), name));
  };
  const totals = ['gzip', 'brotli', 'minified'].map((name) => toRow(now[name], now[name] - recorded[name], name));
  return [
    `At most ${LIMIT_BYTES} bytes after gzip. Packages and modules are in minified bytes.`,
    '   bytes   growth',
    ...totals,
    '',
    ...rowsOf('laterGzip').map((row) => `${row}, loaded when it is needed (gzip)`),
    '',
    ...rowsOf('packages'),
    '',
    ...rowsOf('modules'),
  ].join('\n');
}

function toRow(bytes, growth, name) {
  const change = growth === 0 ? '' : `${growth > 0 ? '+' : ''}${growth}`;
  return `${String(bytes).padStart(8)} ${change.padStart(8)}  ${name}`;
}

/** `core/card/card.js` is of `core`, `@noble/hashes/sha2.js` of `@noble/hashes`. */
function sumByPackage(modules) {
  const sums = {};
  for (const [name, bytes] of Object.entries(modules)) {
    const owner = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
    sums[owner] = (sums[owner] ?? 0) + bytes;
  }
  return sums;
}

function sortByValue(object) {
  return Object.fromEntries(Object.entries(object).sort(([, a], [, b]) => b - a));
}
