import { defineConfig } from 'vitest/config';
import { findPostgres } from './packages/testing/src/postgres.ts';

// Tests read our packages from their sources, so that one class exists once whichever package imports it.
// Not `import`, which Vite adds: Node is given these conditions as well, and its `require` would load ES modules by that one.
const conditions = ['@sotto/source', 'node', 'module'];

/** The official Twilio clients reject promises that nobody can hold when a socket dies under requests of their own. */
function isOfTwilioSdk({ stack = '' }: { readonly stack?: string | undefined }): boolean {
  const frames = stack.split('\n').filter((line) => /^\s+at .*[/\\]/.test(line) && !line.includes('node:'));
  return (
    frames.length > 0 &&
    frames.every((line) => /node_modules[/\\](twilio-conversations-\d|@twilio|twilsock|twilio-sync)[/\\]/.test(line))
  );
}

/** In CI what is missing is a failure and no suite left out. */
const canRunPostgres = findPostgres() !== undefined || Boolean(process.env['CI']);

/** `npm run test:databases` runs all that goes through a database there; else what rests on how it does. */
const isWhole = Boolean(process.env['SOTTO_TEST_WHOLE']);

const nodes = {
  name: 'nodes',
  include: isWhole
    ? ['packages/service/src/{routes,domain}/**/*.test.ts', 'packages/service/src/store/query-plans.test.ts']
    : [
        'packages/service/src/routes/{cards,keyknox-*,ratchet-keys,brain-key-limits,well-known}.test.ts',
        'packages/service/src/store/query-plans.test.ts',
      ],
  globalSetup: 'packages/testing/src/postgres-setup.ts',
};

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/**/*.test.ts',
            'apps/**/*.test.ts',
            'tools/**/*.test.ts',
            'deploy/**/*.test.ts',
            'cluster/{history,limits}.test.ts',
            'examples/backend/**/*.test.ts',
            'bench/kit/*.test.ts',
            'faults/**/*.test.ts',
          ],
        },
      },
      // What the service promises to clients once more, on nodes that share a PostgreSQL.
      ...(canRunPostgres ? [{ extends: true as const, test: nodes }] : []),
    ],
    exclude: ['**/node_modules/**', '**/*.browser.test.ts'], // those run in a page: browser/
    pool: 'forks',
    // More than there are cores: tests over Twilio's clients mostly wait.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    onUnhandledError: (error) => !isOfTwilioSdk(error),
  },
});
