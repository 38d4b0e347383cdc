import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileBelow } from './read-file-below.ts';

describe('readFileBelow', () => {
  let parent: string;
  let folder: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'sotto-files-'));
    folder = join(parent, 'folder');
    await mkdir(join(folder, 'sub.js'), { recursive: true });
    await mkdir(join(parent, 'folder-beside'));
    await writeFile(join(parent, 'secret.js'), 'secret');
    await writeFile(join(parent, 'folder-beside', 'secret.js'), 'secret');
    await writeFile(join(folder, 'a.js'), 'a');
    await writeFile(join(folder, '.hidden.js'), 'hidden');
    await writeFile(join(folder, 'sub.js', 'b.test.js'), 'b');
    await symlink('a.js', join(folder, 'inside.js'));
    await symlink(join(parent, 'secret.js'), join(folder, 'outside.js'));
    await symlink(join(parent, 'folder-beside'), join(folder, 'beside'));
    await symlink('loop.js', join(folder, 'loop.js'));
  });
  afterAll(() => rm(parent, { recursive: true }));

  it.each([
    ['a.js', 'a'],
    ['inside.js', 'a'],
  ])('reads %s', async (path, text) => {
    expect(String(await readFileBelow(folder, path))).toBe(text);
  });

  it.each([
    ['absent.js'],
    ['a.js/b.js'],
    ['sub.js'],
    ['loop.js'],
    [''],
    ['.'],
    ['../secret.js'],
    ['sub.js/../../secret.js'],
    ['sub.js/..'],
    ['..%2fsecret.js'],
    ['%2e%2e/secret.js'],
    ['..\\secret.js'],
    ['/etc/passwd'],
    ['//etc/passwd'],
    ['./a.js'],
    ['a.js\0'],
    ['.hidden.js'],
    ['outside.js'],
    ['beside/secret.js'],
    [`${'a'.repeat(300)}.js`],
  ])('finds nothing at %j', async (path) => {
    expect(await readFileBelow(folder, path)).toBeUndefined();
  });

  it('finds nothing in a folder that is not there', async () => {
    expect(await readFileBelow(join(parent, 'gone'), 'a.js')).toBeUndefined();
  });
});
