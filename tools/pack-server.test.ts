import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectPackages, stageServer } from './pack-server.js';

let tree: string;

beforeEach(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'sotto-pack-server-')));
  addPackage('packages/cli', {
    name: '@sotto/cli',
    files: ['bin', 'dist'],
    dependencies: { '@sotto/core': '1', a: '1' },
  });
  addPackage('packages/core', { name: '@sotto/core', files: ['dist'], dependencies: { b: '1' } });
  addPackage('node_modules/a', { name: 'a', dependencies: { b: '2' } });
  addPackage('node_modules/b', { name: 'b' });
  addPackage('node_modules/a/node_modules/b', { name: 'b' });
  addPackage('node_modules/unused', { name: 'unused' });
  mkdirSync(join(tree, 'node_modules/@sotto'));
  for (const name of ['cli', 'core']) symlinkSync(`../../packages/${name}`, join(tree, 'node_modules/@sotto', name));
  write('packages/cli/bin/sotto.js', "#!/usr/bin/env node\nimport '../dist/main.js';\n");
  write('packages/cli/dist/main.js', "import '@sotto/core';\nimport 'a';\n");
  write('packages/core/dist/index.js', "import 'b';\n");
});
afterEach(() => rmSync(tree, { recursive: true }));

const placesOf = () => [...collectPackages(tree).values()].sort();

describe('the archive for servers', () => {
  it('has each package that the command needs where Node looks for it, each version apart', () => {
    expect(placesOf()).toEqual([
      'node_modules/@sotto/cli',
      'node_modules/@sotto/core',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/b',
    ]);
  });

  it('takes what a package of ours has for itself along', () => {
    addPackage('packages/core/node_modules/b', { name: 'b' });
    expect(placesOf()).toContain('node_modules/@sotto/core/node_modules/b');
  });

  it('leaves out what only the demo needs, and what was not made for this machine', () => {
    addPackage('node_modules/a', {
      name: 'a',
      dependencies: { '@twilio/conversations': '1', b: '2' },
      optionalDependencies: { 'for-windows': '1' },
    });
    expect(placesOf()).not.toContain('node_modules/@twilio/conversations');
  });

  it('is not made of an install that lacks something', () => {
    rmSync(join(tree, 'node_modules/b'), { recursive: true });
    expect(() => collectPackages(tree)).toThrow('b is not installed');
  });

  it('runs without the checkout, and holds neither types nor sources nor anything of the folder beside', () => {
    for (const name of ['index.d.ts', 'index.js.map', '.tsbuildinfo']) write(`packages/core/dist/${name}`, '');
    write('packages/core/src/index.ts', '');
    write('packages/cli/dist/page/index.html', '');
    write('packages/cli/.env', 'SECRET=1');
    write('packages/cli/dist/main.js', "import '@sotto/core';\nimport 'a';\nconsole.log('it runs');\n");
    write('packages/core/dist/index.js', "import 'b';\n");
    const folder = join(tree, 'stage');
    stageServer(folder, tree);
    expect(execFileSync(join(folder, 'bin/sotto'), { encoding: 'utf8' })).toBe('it runs\n');
    const lost = ['core/dist/index.d.ts', 'core/dist/index.js.map', 'core/dist/.tsbuildinfo', 'core/src'];
    for (const path of [...lost, 'cli/dist/page', 'cli/.env']) {
      expect(existsSync(join(folder, 'node_modules/@sotto', path)), path).toBe(false);
    }
  });
});

function addPackage(path: string, manifest: object): void {
  const exports = './dist/index.js';
  write(`${path}/package.json`, JSON.stringify({ version: '0.1.0', type: 'module', exports, ...manifest }));
  write(`${path}/dist/index.js`, '');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}
