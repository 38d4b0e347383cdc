// The official client, as interop/official-e3kit-node installs it. With an apiUrl of one's own it verifies no card.

// The wasm loader of virgil-crypto 4 prefers fetch where there is one, and gives it the path of a file.
delete globalThis.fetch;

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serveJobs } from './jobs.js';

const { apiUrl, folder, installation } = JSON.parse(process.argv[2]);
const { EThree } = createRequire(join(installation, 'package.json'))('@virgilsecurity/e3kit-node');

serveJobs(({ name, getToken }) =>
  EThree.initialize(getToken, {
    apiUrl,
    storageName: join(folder, `${name}-keys`),
    groupStorageName: join(folder, `${name}-groups`),
  }),
);
