import { defineConfig } from 'vitest/config';

// As in the root: our packages are read from their sources. The demo itself is the built command.
const conditions = ['@sotto/source', 'node', 'module'];

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: `${import.meta.dirname}/node_modules/.vite`,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['stories/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
