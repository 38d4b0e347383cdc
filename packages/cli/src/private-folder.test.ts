import { mkdtemp, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { withPrivateFolder } from './private-folder.ts';

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sotto-cli-'));
  return () => rm(parent, { recursive: true, force: true });
});

it('is for its owner alone, and goes with what is in it', async () => {
  const failure = new Error('thought better of it');
  const task = withPrivateFolder(parent, async (folder) => {
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await writeFile(join(folder, 'a'), '');
    throw failure;
  });
  await expect(task).rejects.toBe(failure);
  expect(await readdir(parent)).toEqual([]);
});

it('goes too where the process ends at once', async () => {
  const module = new URL('../dist/private-folder.js', import.meta.url).href;
  const script = `import { withPrivateFolder } from '${module}';
    await withPrivateFolder(process.argv[1], (folder) => { console.log(folder); process.exit(7); });`;
  const args = ['--input-type=module', '--eval', script, parent];
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(process.execPath, args, (error, out) => resolve({ code: error?.code, stdout: out }));
  });
  expect([code, stdout]).toEqual([7, expect.stringContaining(join(parent, '.sotto-'))]);
  expect(await readdir(parent)).toEqual([]);
});

it('takes away those of processes that are gone, and nothing else', async () => {
  // Numbers of processes end far below.
  const gone = 2 ** 31 - 1;
  const elsewhere = await mkdtemp(join(tmpdir(), 'sotto-cli-'));
  onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
  await writeFile(join(elsewhere, 'kept'), '');
  const kept = [`.sotto-${process.ppid}-abcdef`, `.sotto-${gone}`, `.sotto-${gone}-abcdef-of-somebody`];
  for (const name of [...kept, `.sotto-${gone}-abcdef`]) await mkdir(join(parent, name, 'in it'), { recursive: true });
  await symlink(elsewhere, join(parent, `.sotto-${gone}-linked`));
  await withPrivateFolder(parent, () =>
    withPrivateFolder(parent, async () => expect(await readdir(parent)).toHaveLength(kept.length + 3)),
  );
  expect((await readdir(parent)).sort()).toEqual([...kept, `.sotto-${gone}-linked`].sort());
  expect(await readdir(elsewhere)).toEqual(['kept']);
});
