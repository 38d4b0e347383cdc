import { defineConfig } from 'vitest/config';

// As in the root: our packages are read from their sources.
const conditions = ['@sotto/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
