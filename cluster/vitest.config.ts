import { defineConfig } from 'vitest/config';

// As in the root: our packages are read from their sources. The nodes are processes and run what was built.
const conditions = ['@sotto/source', 'node', 'module'];

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['*.test.ts'],
    pool: 'forks',
    // Each measures a whole machine.
    maxWorkers: 1,
    disableConsoleIntercept: true,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
