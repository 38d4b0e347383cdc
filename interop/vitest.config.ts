import { defineConfig } from 'vitest/config';

// As in the root: our packages are read from their sources.
const conditions = ['@sotto/source', 'node', 'module'];

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: process.env['SOTTO_INTEROP'] === 'full' ? 1_800_000 : 30_000,
    hookTimeout: 60_000,
  },
});
