import { defineConfig } from 'vitest/config';

// Tests read our packages from their sources, so that one class exists once whichever package imports it.
// Not `import`, which Vite adds: Node is given these conditions as well, and its `require` would load ES modules by that one.
const conditions = ['@sotto/source', 'node', 'module'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/**/*.test.ts',
      'apps/**/*.test.ts',
      'tools/**/*.test.ts',
      'examples/backend/**/*.test.ts',
      'bench/kit/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/*.browser.test.ts'], // those run in a page: browser/
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
