/**
 * The client and what it imports, as the installed packages hold them, for a page without a bundler: an import map, and
 * the modules that it leads to.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readFileBelow } from './read-file-below.ts';

/** Each package, and the one in whose installation it is looked for. */
const PACKAGES = [
  { name: '@sotto/e3kit', usedBy: undefined },
  { name: '@sotto/core', usedBy: '@sotto/e3kit' },
  { name: '@sotto/contract', usedBy: '@sotto/e3kit' },
  { name: '@noble/ciphers', usedBy: '@sotto/core' },
  { name: '@noble/curves', usedBy: '@sotto/core' },
  { name: '@noble/hashes', usedBy: '@sotto/core' },
] as const;

/** Of `exports`, those that a page meets. */
const CONDITIONS = new Set(['browser', 'import', 'default']);

type Target = string | { readonly [condition: string]: Target };

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly exports: Readonly<Record<string, Target>>;
}

export interface ClientModules {
  /** By specifier: the URL path below the one that was given. */
  readonly imports: Readonly<Record<string, string>>;
  /** The text of a module, `path` being the rest of its URL, or undefined. */
  readonly read: (path: string) => Promise<string | undefined>;
}

/** The modules, for `baseUrl`, which ends in a slash. */
export function openClientModules(baseUrl: string): ClientModules {
  const packages = new Map<string, Package>();
  for (const { name, usedBy } of PACKAGES) packages.set(name, openPackage(name, packages.get(usedBy ?? '')?.folder));
  return {
    imports: Object.assign({}, ...[...packages.values()].map((it) => importsOf(it, baseUrl))) as Record<string, string>,
    async read(path) {
      const [scope = '', name = '', ...rest] = path.split('/');
      const found = packages.get(`${scope}/${name}`);
      if (found === undefined || !path.endsWith('.js')) return undefined;
      // Of ours, what was built, and not what lies beside it in a working tree.
      if (scope === '@sotto' && rest[0] !== 'dist') return undefined;
      const text = await readFileBelow(found.folder, rest.join('/'));
      return text?.replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '\n');
    },
  };
}

/** Found by its folder: `exports` of these packages does not let their package.json be resolved. */
function openPackage(name: string, usedBy: string | undefined): Package {
  const { resolve } = createRequire(usedBy === undefined ? import.meta.url : join(usedBy, 'package.json'));
  const folders = (resolve.paths(name) ?? []).map((folder) => join(folder, name));
  const found = folders.find((folder) => existsSync(join(folder, 'package.json')));
  if (found === undefined) throw new Error(`${name} is not installed.`);
  const folder = realpathSync(found);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Pick<Package, 'exports'>;
  return { name, folder, exports: manifest.exports };
}

/** One line for the folder does for all subpaths that are their file's own path. */
function importsOf({ name, exports }: Package, baseUrl: string): Record<string, string> {
  const imports: Record<string, string> = {};
  for (const [subpath, target] of Object.entries(exports)) {
    const file = selectTarget(target);
    if (file === undefined || subpath === './node') continue;
    if (file === subpath) imports[`${name}/`] = `${baseUrl}${name}/`;
    else imports[`${name}${subpath.slice(1)}`] = `${baseUrl}${name}/${file.slice(2)}`;
  }
  return imports;
}

function selectTarget(target: Target): string | undefined {
  if (typeof target === 'string') return target;
  for (const [condition, next] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? selectTarget(next) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
