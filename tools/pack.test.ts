import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectPackage } from './pack.js';

let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'sotto-pack-test-'));
  writePackage('core', { dependencies: { hashes: '2.0.1' } });
  writePackage('e3kit', { dependencies: { '@sotto/core': '0.1.0' }, optionalDependencies: { '@os/keyring': '1.0.0' } });
  write('core/dist/index.js', "import 'hashes/sha2.js';\nexport const a = 1;\n//# sourceMappingURL=index.js.map");
  write('core/dist/index.d.ts', 'export declare const a: number;\n');
});
afterEach(() => rmSync(tree, { recursive: true }));

describe('the packed client', () => {
  it('imports our packages by their paths inside, in code and in types', () => {
    write(
      'e3kit/dist/index.js',
      "export { a } from '@sotto/core';\nexport const load = () => import('./deep/b.js');\n",
    );
    write(
      'e3kit/dist/deep/b.js',
      'import { a } from "@sotto/core";\nexport const text = "import \'@sotto/core\'" + a;\n',
    );
    write('e3kit/dist/index.d.ts', "export type { B } from './deep/b.ts';\n");
    write('e3kit/dist/deep/b.d.ts', "export type B = typeof import('@sotto/core').a;\n");
    expect(Object.fromEntries(collectPackage(tree).files)).toEqual({
      'dist/core/index.d.ts': 'export declare const a: number;\n',
      'dist/core/index.js': "import 'hashes/sha2.js';\nexport const a = 1;\n",
      'dist/e3kit/deep/b.d.ts': "export type B = typeof import('../../core/index.js').a;\n",
      'dist/e3kit/deep/b.js':
        'import { a } from "../../core/index.js";\nexport const text = "import \'@sotto/core\'" + a;\n',
      'dist/e3kit/index.d.ts': "export type { B } from './deep/b.js';\n",
      'dist/e3kit/index.js':
        "export { a } from '../core/index.js';\nexport const load = () => import('./deep/b.js');\n",
    });
  });

  it('depends on what its files import from the registry, and runs nothing when installed', () => {
    writeClient("import '@sotto/core';\nimport 'node:fs';\nvoid import('@os/keyring');\n");
    const { manifest } = collectPackage(tree);
    expect(manifest).toEqual({
      name: '@sotto/e3kit',
      version: '0.1.0',
      exports: { '.': { types: './dist/e3kit/index.d.ts', default: './dist/e3kit/index.js' } },
      dependencies: { hashes: '2.0.1' },
      optionalDependencies: { '@os/keyring': '1.0.0' },
    });
  });

  it('leaves out what nothing in it imports', () => {
    write('e3kit/dist/gone.js', "import 'zod';\n");
    write('core/dist/schemas.js', "import 'zod';\n");
    writeClient('export {};\n');
    expect([...collectPackage(tree).files.keys()]).toEqual(['dist/e3kit/index.d.ts', 'dist/e3kit/index.js']);
  });
});

describe('packing refuses', () => {
  it.each([
    ['an import that no manifest names', 'zod', 'imports zod, which its package.json does not name'],
    ['an import of ours that the manifest does not name', '@sotto/auth', 'imports @sotto/auth, which its package.json'],
    ['what ours do not export', '@sotto/core/deep', 'exports ./deep under conditions'],
    ['what ours export differently to browsers', '@sotto/core/web', 'exports ./web under conditions'],
  ])('%s', (_, specifier, message) => {
    writeClient(`import '${specifier}';\n`);
    expect(() => collectPackage(tree)).toThrow(message);
  });

  it('two versions of one package', () => {
    writePackage('e3kit', { dependencies: { '@sotto/core': '0.1.0', hashes: '1.0.0' } });
    writeClient("import '@sotto/core';\nimport 'hashes';\n");
    expect(() => collectPackage(tree)).toThrow('different versions of hashes');
  });
});

function writeClient(code: string): void {
  write('e3kit/dist/index.js', code);
  write('e3kit/dist/index.d.ts', 'export {};\n');
}

function writePackage(folder: string, fields: object): void {
  const target = { '@sotto/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' };
  const web = { browser: './dist/web.js', ...target };
  const exports = folder === 'core' ? { '.': target, './web': web } : { '.': target };
  const manifest = {
    name: `@sotto/${folder}`,
    version: '0.1.0',
    scripts: { postinstall: 'build' },
    exports,
    ...fields,
  };
  write(`${folder}/package.json`, JSON.stringify(manifest));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, 'packages', path)), { recursive: true });
  writeFileSync(join(tree, 'packages', path), text);
}
