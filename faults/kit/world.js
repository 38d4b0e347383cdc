/** Nodes over a database, an application in it, and what tells a story about them: clients under load, and the look at what is left. */
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToBase64, generateKeyPair, issueToken } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { createApplication, createAppKey, createSecrets, databaseFile, openStore, revokeAppKey } from '@sotto/service';
import { findFreePort } from '@sotto/testing/postgres';
import { createClient } from './client.js';
import { startNode } from './node.js';
import { startPostgres } from './postgres.js';

/** A guess comes back after an hour: none in the time of a run. */
export const GUESS_LIMIT = 5;
const LIMITS = {
  SOTTO_RATE_ADDRESS: 'off',
  SOTTO_RATE_IDENTITY: 'off',
  SOTTO_RATE_APPLICATION: 'off',
  SOTTO_BRAIN_KEY_BURST: String(GUESS_LIMIT),
  SOTTO_BRAIN_KEY_REFILL_MS: '3600000',
  SOTTO_BRAIN_KEY_THREADS: '1',
};
const TOKEN_SECONDS = 24 * 3600;

/**
 * `disk` is a small one, on which the database is. `toDatabaseHost` gives the host under which nodes find PostgreSQL, from its
 * port, and `throughProxy` the port under which clients find a node, from its own: those of proxies.
 */
export async function openWorld({ database, random, nodeCount = 1, env = {}, disk, toDatabaseHost, throughProxy }) {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-faults-'));
  // PostgreSQL runs as another user.
  await chmod(folder, 0o755);
  const isSqlite = database === 'sqlite';
  const place = isSqlite ? await openFile({ folder, disk }) : await openServer({ folder, disk, toDatabaseHost });
  const app = await addApplication(place.location);
  await place.whenPrepared?.();
  const nodes = [];
  for (let index = 0; index < nodeCount; index++) {
    const port = await findFreePort();
    nodes.push(await startNode({ port, env: { ...LIMITS, ...place.env, ...env }, inside: place.inside }));
  }
  const proxyPort = await throughProxy?.(Number(new URL(nodes[0].url).port));
  const toUrl = (node) => (proxyPort === undefined ? node.url : `http://127.0.0.1:${proxyPort}`);
  const urls = () => {
    const running = nodes.filter((node) => node.isRunning());
    return (running.length === 0 ? nodes : running).map(toUrl);
  };
  const client = createClient({ urls, random });
  return {
    database,
    folder,
    nodes,
    client,
    postgres: place.server,
    /** Of SQLite. */
    dataDir: place.dataDir,
    location: place.location,
    env: { ...LIMITS, ...place.env, ...env },
    app,
    tokenOf: (identity, key = app) => issueTokenOf(key, identity),
    /** The folder in which the nodes find them. */
    secretsDir: place.secretsDir,
    /** What its operator does beside the nodes: `task` gets `{ store, secrets }`. */
    operate: (task) => withStore(place.location, (store) => task({ store, secrets: { secretsDir: place.secretsDir } })),
    /** Another App Key of the application; on a disk that only the node sees, the same. */
    addAppKey: async () => (disk && isSqlite ? app : addAppKey(place.location, app.appId)),
    revokeAppKey: (appKeyId) =>
      withStore(place.location, (store) => revokeAppKey(store, { appId: app.appId, appKeyId, now: Date.now() })),
    async close() {
      client.close();
      await Promise.all(nodes.map((node) => node.kill()));
      await place.server?.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openFile({ folder, disk }) {
  const made = join(folder, 'data');
  if (disk === undefined)
    return {
      dataDir: made,
      secretsDir: join(made, 'secrets'),
      location: { file: databaseFile(made) },
      env: { SOTTO_DATA_DIR: made },
    };
  return {
    dataDir: join(disk.folder, 'data'),
    location: { file: databaseFile(made) },
    env: { SOTTO_DATA_DIR: join(disk.folderInside, 'data') },
    inside: disk.inside,
    whenPrepared: () => cp(made, join(disk.folder, 'data'), { recursive: true }),
  };
}

async function openServer({ folder, disk, toDatabaseHost }) {
  // In a namespace of its own below that of the disk, in which it is not root.
  const inside =
    disk && ((...command) => disk.inside('unshare', '--user', '--map-user=1000', '--map-group=1000', '--', ...command));
  const server = await startPostgres({ folder: disk?.folderInside ?? folder, inside, settings: disk ? SMALL : [] });
  const secretsDir = join(folder, 'secrets');
  await mkdir(secretsDir, { mode: 0o700 });
  await createSecrets(secretsDir);
  const host = `127.0.0.1:${server.port}`;
  const url = server.urlAt((await toDatabaseHost?.(server.port)) ?? host);
  return {
    server,
    secretsDir,
    location: { url: server.urlAt(host) },
    env: { SOTTO_DATABASE_URL: url, SOTTO_SECRETS_DIR: secretsDir },
  };
}

/** For a disk of a hundred megabytes. */
const SMALL = ['max_wal_size=32MB', 'min_wal_size=32MB', 'wal_recycle=off'];

async function addApplication(location) {
  const { appId } = await withStore(location, (store) => createApplication(store, { name: 'faults' }));
  return addAppKey(location, appId);
}

async function addAppKey(location, appId) {
  const { privateKey: appKey, publicKey } = await generateKeyPair(nodeProvider);
  const key = { appId, name: 'faults', publicKey: bytesToBase64(publicKey.exportDer()) };
  const { appKeyId } = await withStore(location, (store) => createAppKey(store, key));
  return { appId, appKeyId, appKey };
}

async function withStore(location, work) {
  const store = await openStore(location);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function issueTokenOf({ appId, appKeyId, appKey }, identity) {
  const issuedAt = Math.floor(Date.now() / 1000);
  return issueToken(nodeProvider, { appId, appKeyId, appKey, identity, issuedAt, ttlSeconds: TOKEN_SECONDS });
}
