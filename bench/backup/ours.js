// The client of a revision, with keys and cards in files.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serveJobs } from './jobs.js';

const { apiUrl, servicePublicKey, folder, revision } = JSON.parse(process.argv[2]);
const load = (file) => import(pathToFileURL(join(revision, 'packages/e3kit/dist', file)));
const { EThree } = await load('index.js');
const { createFileCardCache, createFileKeyStore } = await load('node.js');

serveJobs(async ({ name, getToken }) => {
  const place = join(folder, name);
  mkdirSync(place);
  return EThree.initialize(getToken, {
    apiUrl,
    servicePublicKey,
    keyStore: await createFileKeyStore({
      directory: join(place, 'keys'),
      key: { kind: 'bytes', bytes: new Uint8Array(32) },
    }),
    cardCache: await createFileCardCache({ directory: join(place, 'cards') }),
  });
});
