import { defineConfig } from 'vitest/config';

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
    // More than there are cores: tests over Twilio's clients mostly wait.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    onUnhandledError: (error) => !isOfTwilioSdk(error),
  },
});
