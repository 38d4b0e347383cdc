// node e2e/measure.js: how a room of a thousand messages scrolls. Medians and tails of the time between two frames, in milliseconds.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'vite';

const here = import.meta.dirname;

// The kit is TypeScript over the sources of our packages, which Vite loads as the tests do.
const vite = await createServer({
  configFile: join(here, 'vitest.config.ts'),
  root: here,
  server: { middlewareMode: true, ws: false },
  appType: 'custom',
  logLevel: 'error',
});
try {
  const { measureScrolling } = await vite.ssrLoadModule('/kit/measure-scrolling.ts');
  console.log(`Node ${process.version}, ${cpus().length} cores; 1,000 messages, 60 pixels a frame`);
  for (const { name, frames, median, p95, p99, longest } of await measureScrolling()) {
    const times = [median, p95, p99, longest].map((ms) => ms.toFixed(1).padStart(7));
    console.log(
      `${name.padEnd(28)} ${String(frames).padStart(5)} frames  median, 95 %, 99 %, longest: ${times.join('')}`,
    );
  }
} finally {
  await vite.close();
}
