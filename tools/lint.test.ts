// Breaks each rule of eslint.config.js and .dependency-cruiser.js once, in a small copy of the tree.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(join(root, 'packages'));

const testHead = "import { expect, it } from 'vitest';\n";

/** Violations that ESLint reports, as `rule: file that breaks it`. */
const lintCases: Record<string, string> = {
  '@typescript-eslint/no-floating-promises': 'const job = async () => {};\nexport function run() {\n  job();\n}\n',
  '@typescript-eslint/no-misused-promises':
    'const isKnown = async () => false;\nexport const answer = () => (isKnown() ? 1 : 2);\n',
  '@typescript-eslint/await-thenable': 'export const run = async () => await 1;\n',
  '@typescript-eslint/return-await':
    'const job = async () => 1;\nexport async function run() {\n  try {\n    return job();\n  } catch {\n    return 0;\n  }\n}\n',
  '@typescript-eslint/no-unused-vars': 'export function run() {\n  const left = 1;\n}\n',
  '@typescript-eslint/no-explicit-any': 'export const run = (value: any) => value as unknown;\n',
  '@typescript-eslint/no-unsafe-assignment':
    "export const run = () => {\n  const x = JSON.parse('1');\n  return [x];\n};\n",
  '@typescript-eslint/no-unsafe-return': "export const run = (): string => JSON.parse('1');\n",
  '@typescript-eslint/no-unsafe-member-access': "export const run = () => String(JSON.parse('1').length);\n",
  '@typescript-eslint/no-unsafe-argument': "export const run = () => Math.abs(JSON.parse('1'));\n",
  '@typescript-eslint/no-unsafe-call': "export const run = () => void JSON.parse('1')();\n",
  '@typescript-eslint/ban-ts-comment': '// @ts-ignore\nexport const run: number = 1;\n',
  '@typescript-eslint/restrict-template-expressions': 'export const run = (name?: string) => `hello ${name}`;\n',
  '@typescript-eslint/switch-exhaustiveness-check':
    "export function run(side: 'a' | 'b') {\n  switch (side) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  eqeqeq: 'export const run = (a: number, b: number) => a == b;\n',
  'no-restricted-globals': "export const run = () => Buffer.from('');\n",
};

/** The same for tests. */
const lintTestCases: Record<string, string> = {
  'vitest/expect-expect': `${testHead}void expect;\nit('runs', () => {});\n`,
  'vitest/valid-expect': `${testHead}it('adds', () => {\n  expect(1 + 1);\n});\n`,
  'vitest/no-focused-tests': `${testHead}it.only('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n`,
  'vitest/no-identical-title': `${testHead}it('is', () => expect(1).toBe(1));\nit('is', () => expect(1).toBe(1));\n`,
  'vitest/no-import-node-test': "import { test } from 'node:test';\nvoid test;\n",
  'vitest/valid-expect-in-promise': `${testHead}it('adds', () => {\n  const sum = Promise.resolve(1).then((one) => {\n    expect(one).toBe(1);\n  });\n  return void sum;\n});\n`,
};

/** What ought to pass: bytes and numbers as we write them, and what only a test may do. */
const cleanFiles: Record<string, string> = {
  'packages/core/src/bytes.ts': `export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i += 1) out[i] = a[i]! ^ b[i]!;
  return out;
}
export const describeBytes = (bytes: Uint8Array) => \`\${bytes.length} bytes\`;
export const store = { async get(_key: string) { return new Uint8Array(); } };
`,
  'packages/core/src/bytes.test.ts': `import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeBytes } from './bytes.ts';
it('reads what it is given', async () => {
  const body = await new Response('{}').json();
  expect(body.length).toBeUndefined();
  await expect(Promise.reject(new Error('no'))).rejects.toThrow('no');
});
it('holds for all', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => describeBytes(bytes).endsWith('bytes')));
});
`,
  'tools/plain.js': "import process from 'node:process';\nconsole.log(process.argv, new URL('file:///'));\n",
};

/** Imports that dependency-cruiser reports, as `[rule, file, what it imports]`. */
const importCases: [rule: string, file: string, specifier: string][] = [
  ['core-imports', 'packages/core/src/a.ts', '@sotto/contract'],
  ['contract-imports', 'packages/contract/src/a.ts', '@sotto/core'],
  ['auth-imports', 'packages/auth/src/a.ts', '@sotto/contract'],
  ['service-imports', 'packages/service/src/a.ts', '@sotto/e3kit'],
  ['e3kit-imports', 'packages/e3kit/src/a.ts', '@sotto/service'],
  ['chat-imports', 'packages/chat/src/a.ts', '@sotto/e3kit'],
  ['chat-twilio-imports', 'packages/chat-twilio/src/a.ts', '@sotto/e3kit'],
  ['twilio-emulator-imports', 'packages/twilio-emulator/src/a.ts', '@sotto/core'],
  ['apps-chat-imports', 'apps/chat/a.ts', '@sotto/service'],
  ['apps-dashboard-imports', 'apps/dashboard/a.ts', '@sotto/e3kit'],
  ['testing-only-in-tests', 'packages/e3kit/src/b.ts', '@sotto/testing'],
  ['no-tests-imported', 'packages/core/src/b.ts', './b.test.ts'],
  ['no-foreign-internals', 'packages/e3kit/src/c.ts', '../../core/src/index.ts'],
  ['no-foreign-internals', 'examples/a.js', '../packages/core/src/index.ts'],
  ['no-leaves-imported', 'packages/cli/src/b.ts', '../../../examples/a.js'],
  ['no-leaves-imported', 'apps/chat/b.ts', '../dashboard/index.ts'],
  ['service-store-upward', 'packages/service/src/store/a.ts', '../domain/cards.ts'],
  ['service-store-upward', 'packages/service/src/store/b.ts', '../routes/cards.ts'],
  ['service-domain-upward', 'packages/service/src/domain/a.ts', '../routes/cards.ts'],
  ['service-domain-upward', 'packages/service/src/domain/b.ts', '../app.ts'],
  ['service-routes-upward', 'packages/service/src/routes/a.ts', '../app.ts'],
  ['service-app-upward', 'packages/service/src/app.ts', './main.ts'],
  ['service-domain-pure', 'packages/service/src/domain/c.ts', 'hono'],
  ['service-domain-pure', 'packages/service/src/domain/d.ts', 'kysely'],
  ['service-domain-pure', 'packages/service/src/domain/e.ts', 'node:http'],
  ['service-store-no-http', 'packages/service/src/store/c.ts', 'hono'],
  ['e3kit-use-cases-upward', 'packages/e3kit/src/use-cases/a.ts', '../e3kit.ts'],
  ['e3kit-ports-upward', 'packages/e3kit/src/ports.ts', './use-cases/find.ts'],
  ['e3kit-platform-apart', 'packages/e3kit/src/use-cases/b.ts', '../platform/memory.ts'],
  ['e3kit-platform-adapts', 'packages/e3kit/src/platform/a.ts', '../use-cases/find.ts'],
  ['core-runs-anywhere', 'packages/core/src/c.ts', 'node:fs'],
  ['e3kit-runs-anywhere', 'packages/e3kit/src/use-cases/c.ts', 'node:fs'],
  ['e3kit-browser-without-node', 'packages/e3kit/src/browser.ts', './platform/node-file.ts'],
  ['chat-runs-anywhere', 'packages/chat-twilio/src/b.ts', 'fs'],
  ['contract-runs-anywhere', 'packages/contract/src/b.ts', 'fs'],
  ['no-circular', 'packages/core/src/d.ts', './e.ts'],
  ['no-unresolvable', 'packages/e3kit/src/d.ts', '@sotto/core/encoding/hex.ts'],
  ['no-undeclared', 'packages/core/src/f.ts', 'hono'],
];

/** Imports as they should be, and the files that the cases above lead to. */
const goodImports: [file: string, specifier?: string][] = [
  ['packages/core/src/b.test.ts', '@sotto/testing'],
  ['packages/core/src/e.ts', './d.ts'],
  ['packages/core/src/provider/disk.ts', 'node:fs'],
  ['packages/core/src/g.test.ts', 'node:fs'],
  ['packages/e3kit/src/e3kit.ts', './use-cases/find.ts'],
  ['packages/e3kit/src/use-cases/find.ts', '../ports.ts'],
  ['packages/e3kit/src/node.ts', 'node:fs'],
  ['packages/e3kit/src/platform/memory.ts', '@sotto/core'],
  ['packages/e3kit/src/platform/node-file.ts', 'node:fs'],
  ['packages/service/src/main.ts', './store/cards.ts'],
  ['packages/service/src/routes/cards.ts', '../domain/cards.ts'],
  ['packages/service/src/domain/cards.ts', '../store/cards.ts'],
  ['packages/service/src/store/cards.ts', 'kysely'],
  ['packages/testing/src/a.ts', '@sotto/service'],
  ['apps/dashboard/index.ts', '@sotto/contract'],
];

let world: string;
/** The rules that a file broke, by file. */
let reported: Map<string, string[]>;

describe('eslint', () => {
  const fileOf = (rule: string, suffix: string) => `packages/core/src/${rule.replace('/', '-')}${suffix}`;
  const all = [
    ...Object.entries(lintCases).map(([rule, text]) => ({ rule, file: fileOf(rule, '.ts'), text })),
    ...Object.entries(lintTestCases).map(([rule, text]) => ({ rule, file: fileOf(rule, '.test.ts'), text })),
    { rule: 'no-undef', file: 'tools/broken.js', text: 'lost();\n' },
    { rule: 'vitest/valid-expect', file: 'tools/broken.test.ts', text: lintTestCases['vitest/valid-expect']! },
  ];

  beforeAll(() => {
    createWorld();
    for (const { file, text } of all) write(file, text);
    for (const [file, text] of Object.entries(cleanFiles)) write(file, text);
    const results = JSON.parse(run('eslint', ['--format=json', 'packages', 'tools'])) as {
      filePath: string;
      messages: { ruleId: string | null; message: string }[];
    }[];
    reported = new Map(
      results.map(({ filePath, messages }) => [
        relative(world, filePath),
        messages.map(({ ruleId, message }) => ruleId ?? message),
      ]),
    );
  });

  afterAll(() => rmSync(world, { recursive: true }));

  it.each(all)('reports $rule in $file', ({ rule, file }) => {
    expect(reported.get(file)).toContain(rule);
  });

  it.each(Object.keys(cleanFiles))('has nothing to say about %s', (file) => {
    expect(reported.get(file)).toEqual([]);
  });
});

describe('dependency-cruiser', () => {
  beforeAll(() => {
    createWorld();
    for (const [, file, specifier] of importCases) write(file, importing(specifier));
    for (const [file, specifier] of goodImports) write(file, specifier === undefined ? '' : importing(specifier));
    const { summary } = JSON.parse(
      run('depcruise', ['--config', '.dependency-cruiser.js', '--output-type=json', '.']),
    ) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    reported = new Map();
    for (const { from, rule } of summary.violations) reported.set(from, [...(reported.get(from) ?? []), rule.name]);
  });

  afterAll(() => rmSync(world, { recursive: true }));

  it.each(importCases)('reports %s when %s imports %s', (rule, file) => {
    expect(reported.get(file)).toContain(rule);
  });

  it('has nothing to say about imports as they should be', () => {
    const broken = importCases.map(([, file]) => file);
    expect([...reported].filter(([file]) => !broken.includes(file))).toEqual([]);
  });

  it('has a case here for each of its rules', async () => {
    const config = await import('../.dependency-cruiser.js');
    const rules = (config.default.forbidden as { name: string }[]).map(({ name }) => name);
    expect([...new Set(importCases.map(([rule]) => rule))].sort()).toEqual(rules.sort());
  });
});

/** A tree like ours without its code. It lies in ours, so that node_modules is found above it, where nobody looks. */
function createWorld(): void {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  world = mkdtempSync(join(root, '.tmp', 'lint-'));
  for (const file of ['.gitignore', 'package.json', 'tsconfig.base.json', 'tsconfig.tests.json']) copy(file);
  for (const file of ['eslint.config.js', '.dependency-cruiser.js']) copy(file);
  mkdirSync(join(world, 'node_modules/@sotto'), { recursive: true });
  for (const name of new Set([...packages, 'chat', 'chat-twilio', 'twilio-emulator'])) {
    write(`packages/${name}/src/index.ts`, 'export {};\n');
    if (packages.includes(name)) copy(`packages/${name}/package.json`);
    symlinkSync(`../../packages/${name}`, join(world, 'node_modules/@sotto', name), 'junction');
  }
}

/** An import of a type alone, as it is the one that a checker may overlook. */
function importing(specifier: string): string {
  return `import type * as types from '${specifier}';\nexport type Types = typeof types;\n`;
}

function run(command: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', command), args, {
    cwd: world,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

function copy(file: string): void {
  mkdirSync(dirname(join(world, file)), { recursive: true });
  cpSync(join(root, file), join(world, file));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(world, file)), { recursive: true });
  writeFileSync(join(world, file), text);
}
