import vitest from '@vitest/eslint-plugin';
import { defineConfig, globalIgnores, includeIgnoreFile } from 'eslint/config';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;

// ESLint's own recommended set, read from the rules themselves: it saves a dependency that is only this list.
const recommended = Object.fromEntries(
  [...builtinRules].filter(([, rule]) => rule.meta.docs.recommended).map(([name]) => [name, 'error']),
);
const nodeGlobals = Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']));

const tests = ['**/*.test.ts'];
const typed = ['packages/*/src/**/*.ts'];
const unusedVars = {
  argsIgnorePattern: '^_',
  varsIgnorePattern: '^_',
  caughtErrorsIgnorePattern: '^_',
  ignoreRestSiblings: true,
};

export default defineConfig(
  includeIgnoreFile(join(root, '.gitignore')),
  globalIgnores(['vectors/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    name: 'sotto/javascript',
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: nodeGlobals },
    rules: {
      ...recommended,
      'no-unused-vars': ['error', unusedVars],
      eqeqeq: ['error', 'smart'],
    },
  },

  {
    name: 'sotto/typescript',
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', unusedVars],
      eqeqeq: ['error', 'smart'],
    },
  },

  {
    name: 'sotto/typescript-with-types',
    files: typed,
    extends: [tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { project: 'tsconfig.tests.json', tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      // `return promise` inside try lets a rejection pass its catch by.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An undefined or an object in a message or an identifier is a mistake; a number is not.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowAny: false, allowNullish: false, allowRegExp: false, allowNumber: true, allowBoolean: true },
      ],
      // An adapter that has nothing to wait for is async all the same, because its port is.
      '@typescript-eslint/require-await': 'off',
    },
  },

  {
    name: 'sotto/runs-anywhere',
    files: ['packages/{core,contract,e3kit,chat,chat-twilio}/src/**/*.ts'],
    ignores: [
      'packages/core/src/provider/**',
      'packages/e3kit/src/platform/**',
      'packages/e3kit/src/node.ts',
      'packages/chat-twilio/src/server/**',
      ...tests,
    ],
    rules: {
      // What is imported from Node is the business of .dependency-cruiser.js; these need no import.
      'no-restricted-globals': ['error', 'Buffer', 'process', 'require', 'global', '__dirname', '__filename'],
    },
  },

  {
    name: 'sotto/tests',
    // Not only *.test.ts: the acceptance suites of packages/testing are called by tests elsewhere.
    files: [...typed, ...tests],
    plugins: { vitest },
    rules: {
      'vitest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect', 'expect*', 'assert', 'assert*', 'fc.assert'] },
      ],
      'vitest/no-focused-tests': 'error',
      'vitest/no-identical-title': 'error',
      'vitest/no-import-node-test': 'error',
      'vitest/valid-expect': ['error', { maxArgs: 2 }],
      'vitest/valid-expect-in-promise': 'error',
    },
  },

  {
    name: 'sotto/tests-relaxed',
    files: tests,
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
