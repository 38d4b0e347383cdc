import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort, findPostgres, type Postgres, startPostgres } from './postgres.ts';

const canRun = findPostgres() !== undefined;

// Elsewhere these tests may be left out; the build must not lose them unseen.
it.runIf(process.env['CI'])('has PostgreSQL in CI', () => {
  expect(canRun).toBe(true);
});

describe.runIf(canRun)(`PostgreSQL for tests${canRun ? '' : ' (skipped, not installed)'}`, () => {
  let careful: Postgres;
  let careless: Postgres;

  beforeAll(async () => {
    [careful, careless] = await Promise.all([startPostgres(), startPostgres({ fsync: false })]);
  });
  afterAll(async () => {
    await Promise.all([careful.close(), careless.close()]);
  });

  it('runs two at once, which know nothing of each other', async () => {
    await query(careful.url, 'CREATE TABLE only_here (id int)');
    await expect(query(careless.url, 'SELECT * FROM only_here')).rejects.toMatchObject({ code: '42P01' });
  });

  it('syncs what is committed, unless told otherwise', async () => {
    expect(await query(careful.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(careless.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
  });

  it('wants its password', async () => {
    const url = new URL(careful.url);
    url.password = 'guessed';
    await expect(query(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('takes another port if the first one is taken', async () => {
    const taken = Number(new URL(careful.url).port);
    const ports = [taken];
    const server = await startPostgres({ findPort: async () => ports.shift() ?? findFreePort() });
    expect(new URL(server.url).port).not.toBe(String(taken));
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.close();
  });

  it('leaves nothing behind when it is closed, with clients connected', async () => {
    const server = await startPostgres();
    const folder = await folderOf(server.url);
    const client = await connect(server.url);
    const ended = new Promise((resolve) => client.once('end', resolve));
    await server.close();
    await ended;
    expect(existsSync(folder)).toBe(false);
    await expect(query(server.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says at close that it was killed, and leaves nothing behind', async () => {
    const server = await startPostgres();
    const folder = await folderOf(server.url);
    process.kill(server.pid, 'SIGKILL');
    await expect(server.close()).rejects.toThrow('had ended before it was closed');
    expect(existsSync(folder)).toBe(false);
  });

  it('is gone soon after the process that started it was killed', async () => {
    const module = new URL('../dist/postgres.js', import.meta.url).href;
    const program = `import { startPostgres } from '${module}'; console.log((await startPostgres()).url);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    child.stderr.resume();
    const closed = once(child, 'close'); // when nobody holds its streams any more, of what it started either
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const folder = await folderOf(url);
    child.kill('SIGKILL');
    await closed;
    expect(existsSync(folder)).toBe(false);
    await expect(query(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says what was logged if it does not start', async () => {
    await expect(startPostgres({ findPort: async () => 0 })).rejects.toThrow('did not start');
  });
});

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  client.on('error', () => {}); // a server that goes away is what some tests are about
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function folderOf(url: string): Promise<string> {
  const [row] = await query(url, 'SHOW data_directory');
  return dirname((row as { data_directory: string }).data_directory);
}
