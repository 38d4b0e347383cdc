import { playwright } from '@vitest/browser-playwright';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { launchOptions } from '../tools/chromium.js';

const root = import.meta.dirname;
// As in the root: our packages are read from their sources.
const conditions = ['@sotto/source', 'module'];
const limits = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  root,
  test: {
    maxWorkers: 2,
    projects: [
      {
        root,
        cacheDir: join(root, 'node_modules/.vite'),
        resolve: { conditions: ['browser', ...conditions] },
        // Named, since a dependency that Vite finds while tests run makes it load the page anew.
        optimizeDeps: { include: ['fast-check'] },
        server: { fs: { allow: [join(root, '..')] } },
        test: {
          name: 'suites',
          // Tests of a package that only a browser can pass lie beside its code.
          include: ['suites/**/*.test.ts', '../packages/**/*.browser.test.ts'],
          ...limits,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        root,
        resolve: { conditions: ['node', ...conditions] },
        ssr: { resolve: { conditions: ['node', ...conditions] } },
        test: {
          name: 'stories',
          include: ['stories/**/*.test.ts'],
          globalSetup: ['stories/kit/setup.ts'],
          pool: 'forks',
          ...limits,
        },
      },
    ],
  },
});
