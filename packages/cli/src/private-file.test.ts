import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPrivateFile, replacePrivateFile } from './private-file.ts';
import { newDataDir } from './test-kit.ts';

async function newFolder(): Promise<string> {
  const folder = await newDataDir();
  mkdirSync(folder);
  return folder;
}

it('replaces a file as a whole, for its owner only', async () => {
  const folder = await newFolder();
  const path = join(folder, 'secret');
  writeFileSync(path, 'a longer text that was here before', { mode: 0o644 });
  await replacePrivateFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['secret']);
});

it('leaves nothing behind when it cannot replace', async () => {
  const folder = await newFolder();
  mkdirSync(join(folder, 'secret', 'full'), { recursive: true });
  await expect(replacePrivateFile(join(folder, 'secret'), 'new')).rejects.toMatchObject({ syscall: 'rename' });
  expect(readdirSync(folder)).toEqual(['secret']);
});

it('creates a file only where there is none', async () => {
  const path = join(await newFolder(), 'secret');
  await createPrivateFile(path, 'one');
  await expect(createPrivateFile(path, 'two')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(path, 'utf8')).toBe('one');
});
