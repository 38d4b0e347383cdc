/** Two services over one PostgreSQL that has what a service over SQLite has. */
import { randomBytes } from 'node:crypto';
import { copyStore, openStore } from '@sotto/service';
import pg from 'pg';
import { spawnService } from './process.js';

/** @param {{ folder: string, side: object, serverUrl: string }} options The service to copy, and a server that may make databases. */
export async function openNodes({ folder, side, serverUrl }) {
  const databaseUrl = await createDatabase(serverUrl);
  await copyInto({ file: side.file, databaseUrl });
  const environment = { SOTTO_DATABASE_URL: databaseUrl, SOTTO_SECRETS_DIR: side.secretsDir };
  const nodes = [await spawnService(folder, environment), await spawnService(folder, environment)];
  return {
    urls: nodes.map(({ url }) => url),
    environment,
    /** Of one of them. */
    readMemory: nodes[0].readMemory,
    close: () => Promise.all(nodes.map((node) => node.close())),
  };
}

async function createDatabase(serverUrl) {
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const client = new pg.Client(serverUrl);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return Object.assign(new URL(serverUrl), { pathname: name }).href;
}

async function copyInto({ file, databaseUrl }) {
  const [from, to] = [await openStore({ file }), await openStore({ url: databaseUrl })];
  try {
    await copyStore(from, to);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
  // As the server does by itself some minutes after so many rows came.
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}
