/**
 * The commit before the newest migration of the database: what a rolling upgrade finds running. It is taken from the history of the
 * checkout, and built in a temporary folder with the packages that are installed here.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './service-node.ts';

const MIGRATIONS = 'packages/service/src/store/migrations';
/** What made several nodes possible. */
const POSTGRES = 'packages/service/src/store/dialect/postgres.ts';

export type ReleaseBefore = { readonly commit: string } | { readonly isMissing: string };

export function findReleaseBefore(): ReleaseBefore {
  const newest = git('log', '-1', '--diff-filter=A', '--format=%H', '--', `${MIGRATIONS}/*.ts`);
  if (newest === undefined) return { isMissing: 'there is no history here' };
  if (git('rev-parse', '--is-shallow-repository') !== 'false') return { isMissing: 'the history here is cut off' };
  const commit = git('rev-parse', '--verify', '--quiet', `${newest}^`);
  if (commit === undefined) return { isMissing: 'the newest migration came with the first commit' };
  if (git('cat-file', '-e', `${commit}:${POSTGRES}`) === undefined) return { isMissing: 'it had no PostgreSQL' };
  return { commit };
}

/** Gives back its folder, which is to be removed. @throws Error with what the compiler says */
export function buildRelease(commit: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-release-'));
  try {
    const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 2 ** 30 });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    linkPackages(folder);
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-b', 'packages/service'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${commit} does not build\n${stdout}`);
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Foreign packages are those of this checkout, and our own those of the folder. */
function linkPackages(folder: string): void {
  const installed = join(root, 'node_modules');
  const own = join(folder, 'node_modules/@sotto');
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== '@sotto' && !name.startsWith('.'))
      symlinkSync(join(installed, name), join(folder, 'node_modules', name));
  }
  for (const name of readdirSync(join(folder, 'packages'))) {
    symlinkSync(join(folder, 'packages', name), join(own, name));
    const nested = join(root, 'packages', name, 'node_modules');
    if (existsSync(nested)) symlinkSync(nested, join(folder, 'packages', name, 'node_modules'));
  }
}

/** What it says, or undefined if it fails or says nothing. */
function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() || (args[0] === 'cat-file' ? 'yes' : undefined) : undefined;
}
