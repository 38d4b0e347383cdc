/** Where Chromium is, and how we start it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const macPath = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The path of the environment's CHROMIUM, else of a browser where systems put it, or undefined. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...paths, macPath].find(isExecutable);
}

/** Options for Playwright's `launch`. `hosts` maps what pages ask for, as `localhost:8080`, to where it is. */
export function launchOptions({ hosts = {} } = {}) {
  const executablePath = findChromium();
  const rules = Object.entries(hosts).map(([from, to]) => `MAP ${from} ${to}`);
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Chromium refuses to put root in its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(rules.length > 0 ? [`--host-resolver-rules=${rules.join(', ')}`] : []),
    ],
  };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
