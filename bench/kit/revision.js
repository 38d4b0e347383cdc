/** Another revision of this repository: checked out in a temporary folder, installed and built, and gone when the process ends. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, runCommand } from '../../tools/command.js';
import { installIn } from '../../tools/suite.js';

/** Gives back its folder. @throws Error where there is no such revision, or it does not build */
export async function buildRevision(revision) {
  const commit = findCommit(revision);
  const parent = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
  const folder = join(parent, 'revision');
  process.once('exit', () => {
    git(['worktree', 'remove', '--force', folder]);
    rmSync(parent, { recursive: true, force: true });
  });
  git(['worktree', 'add', '--detach', folder, commit]);
  if (!(await installIn(folder)))
    throw new Error(`the packages of ${revision} could not be installed; the lines above say why`);
  const { ok, output } = await runCommand({ command: 'tsc', args: ['-b'], cwd: folder });
  if (!ok) throw new Error(`${output}\n${revision} does not build; the lines above say why`);
  return folder;
}

function findCommit(revision) {
  try {
    return git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  } catch {
    throw new Error(`git knows no revision ${revision}; name a branch, a tag or a commit`);
  }
}

function git(args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
