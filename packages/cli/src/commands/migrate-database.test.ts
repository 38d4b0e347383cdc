/** Moving between the two databases, and the other commands of operators on PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { openAsIs, openStore, startService, type Store } from '@sotto/service';
import { findPostgres, type Postgres, startPostgres } from '@sotto/testing/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { backup } from './backup.ts';
import { startServe } from '../test-kit.ts';
import { doctor } from './doctor.ts';
import { migrateDatabase, type MigrateDatabaseOptions } from './migrate-database.ts';
import { restore } from './restore.ts';
import { status } from './status.ts';
import { newContext, newInstallation, newPlace, newStoppedInstallation } from './test-kit.ts';

async function migrate(options: MigrateDatabaseOptions) {
  const context = newContext();
  await migrateDatabase(options, context);
  return context;
}

describe('sotto migrate-database', () => {
  it('needs two databases, the first of which is there', async () => {
    const { dataDir, path } = await newStoppedInstallation();
    await expect(migrate({ from: dataDir, to: join(dataDir, 'sotto.db') })).rejects.toMatchObject({
      code: 'cli/same-database',
    });
    await expect(migrate({ from: path('nowhere'), to: path('new') })).rejects.toMatchObject({ code: 'cli/no-data' });
    const other = await newInstallation();
    await expect(migrate({ from: dataDir, to: other.dataDir })).rejects.toMatchObject({ code: 'database/not-empty' });
  });

  it('waits for nobody who has the source open, since he would write to it afterwards', async () => {
    const { dataDir, path } = await newStoppedInstallation();
    const { child, exit } = await startServe(['--data', dataDir]);
    await expect(migrate({ from: dataDir, to: path('new') })).rejects.toMatchObject({ code: 'database/in-use' });
    child.kill('SIGTERM');
    await exit;
    await migrate({ from: dataDir, to: path('new') });
  });

  it('begins anew after it was interrupted', async () => {
    const { dataDir, path } = await newStoppedInstallation();
    const { terminal, streams } = newContext();
    const aborted = { terminal, streams, signal: AbortSignal.abort() };
    await expect(migrateDatabase({ from: dataDir, to: path('new') }, aborted)).rejects.toThrow('aborted');
    await cp(join(dataDir, 'sotto.db'), path('again.db'));
    const { results } = await migrate({ from: path('again.db'), to: path('new') });
    expect(results).toContainEqual(expect.stringMatching(/^applications +1 /));
  });
});

/** In CI a missing server is a failure. */
describe.runIf(findPostgres() !== undefined || process.env['CI'])('on PostgreSQL', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
  });
  afterAll(() => server.close());

  async function newDatabase(): Promise<string> {
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return Object.assign(new URL(server.url), { pathname: name }).href;
  }

  async function examine(databaseUrl: string, data: string): Promise<Record<string, string>> {
    const { terminal, results } = newContext();
    await doctor({ databaseUrl, data, json: true }, terminal);
    const { findings } = JSON.parse(results.join('\n')) as {
      findings: { check: string; state: string; says: string }[];
    };
    return Object.fromEntries(findings.map(({ check, state, says }) => [check, `${state}: ${says}`]));
  }

  it('a database moves there and back without loss, and is served', async () => {
    const { dataDir, path, token } = await newStoppedInstallation();
    const databaseUrl = await newDatabase();
    const there = await migrate({ from: dataDir, to: databaseUrl });
    expect(there.results).toContainEqual(expect.stringMatching(/^applications +1 {2}[0-9a-f]{64}$/));
    expect(there.said[0]).toMatch(/^both are equal/);
    const node = await startService({ databaseUrl, secretsDir: path('stopped/secrets'), port: 0 });
    const search = await fetch(`${node.url}/card/v5/actions/search`, {
      method: 'POST',
      headers: { Authorization: `Virgil ${token}` },
      body: '{"identities":["bob"]}',
    });
    await node.close();
    expect(search.status).toBe(200);
    const back = await migrate({ from: databaseUrl, to: path('back') });
    expect(back.results.filter((line) => !line.startsWith('nodes'))).toEqual(
      there.results.filter((line) => !line.startsWith('nodes')),
    );
  });

  it('a source on a server is given up only when no service is connected', async () => {
    const { dataDir, path } = await newStoppedInstallation();
    const databaseUrl = await newDatabase();
    await migrate({ from: dataDir, to: databaseUrl });
    const node = await startService({ databaseUrl, secretsDir: path('stopped/secrets'), port: 0 });
    const back = () => migrate({ from: databaseUrl, to: path('back') });
    await expect(back()).rejects.toMatchObject({ code: 'database/in-use' });
    await node.close();
    // The server notices a little later.
    await vi.waitFor(back, { timeout: 10_000 });
  });

  it('a backup is of one moment while two nodes write', async () => {
    const { dataDir, path } = await newStoppedInstallation();
    const databaseUrl = await newDatabase();
    await migrate({ from: dataDir, to: databaseUrl });
    const nodes = [await openStore({ url: databaseUrl }), await openStore({ url: databaseUrl })];
    const row = { created_at: 1, name: 'a' };
    let [written, isOver] = [0, false];
    const writePairs = async (store: Store) => {
      while (!isOver) {
        const application_id = randomUUID();
        await store.transact(async (db) => {
          await db
            .insertInto('applications')
            .values({ ...row, application_id })
            .execute();
          const key = { ...row, application_id, app_key_id: 'a', public_key: 'a', revoked_at: null };
          await db.insertInto('app_keys').values(key).execute();
        });
        written++;
      }
    };
    const writing = nodes.map(writePairs);
    await vi.waitFor(() => expect(written).toBeGreaterThan(50));
    const [file, before] = [path('a.backup'), written];
    await backup(file, { databaseUrl, data: dataDir, for: [path('operator.pub')] }, newContext());
    expect(written).toBeGreaterThan(before);
    isOver = true;
    await Promise.all(writing);
    await Promise.all(nodes.map((store) => store.close()));
    // It compares the digests.
    await restore(file, { data: path('new'), key: [path('operator.key')] }, newContext());
    const { reader, close } = await openAsIs({ file: path('new/sotto.db') });
    const idsOf = async (table: 'applications' | 'app_keys') =>
      (await reader.selectFrom(table).select('application_id').orderBy('application_id').execute()).map(
        ({ application_id }) => application_id,
      );
    const [applications, keys] = [await idsOf('applications'), await idsOf('app_keys')];
    await close();
    expect(keys.length).toBeGreaterThan(before);
    expect(applications).toEqual(keys);
  });

  it('a backup carries an installation from a file to a server, and to another', async () => {
    const { dataDir, path } = await newStoppedInstallation();
    const [from, to] = [await newDatabase(), await newDatabase()];
    const file = path('a.backup');
    await backup(file, { data: dataDir, for: [path('operator.pub')] }, newContext());
    await restore(file, { databaseUrl: from, data: path('middle'), key: [path('operator.key')] }, newContext());
    await backup(file, { databaseUrl: from, data: dataDir, for: [path('operator.pub')] }, newContext());
    await restore(file, { databaseUrl: to, data: path('new'), key: [path('operator.key')] }, newContext());
    const { terminal, results } = newContext();
    await status({ databaseUrl: to, data: path('new') }, terminal);
    expect(results).toContainEqual('applications     1');
    expect(results).toContainEqual(expect.stringMatching(/^database {9}PostgreSQL \d+\.\d+, [\d.]+ MB$/));
    expect(results.at(-1)).toMatch(/^restored /);
    await expect(
      restore(file, { databaseUrl: to, data: path('other'), key: [path('operator.key')] }, newContext()),
    ).rejects.toMatchObject({ code: 'database/not-empty' });
    expect((await examine(to, path('new')))['brain-key secret']).toBe('ok: is that of the database');
  });

  it('the doctor says what is wrong with the server, and names neither host nor user', async () => {
    const { dataDir } = await newStoppedInstallation();
    const databaseUrl = await newDatabase();
    await migrate({ from: dataDir, to: databaseUrl });
    expect(await examine(databaseUrl, dataDir)).toMatchObject({
      database: 'ok: PostgreSQL answers and takes writes',
      version: expect.stringMatching(/^ok: PostgreSQL \d+/) as string,
      encoding: 'ok: UTF8',
      durability: expect.stringMatching(/^problem: fsync is off, so that acknowledged data may be lost\./) as string,
      standby: expect.stringMatching(/^warning: no synchronous standby/) as string,
      connections: expect.stringMatching(/^ok: \d+ of \d+ connections are in use$/) as string,
      connection: 'ok: encrypted, or within this machine',
      'database clock': 'ok: agrees with this machine',
      schema: expect.stringMatching(/^ok: \d{4}-/) as string,
      'brain-key secret': 'ok: is that of the database',
    });
    const wrong = (part: Partial<URL>) => Object.assign(new URL(databaseUrl), part).href;
    const says = async (part: Partial<URL>) => (await examine(wrong(part), dataDir))['database'];
    expect(await says({ password: 'guess' })).toBe('problem: the user or the password is refused: correct the URL');
    expect(await says({ pathname: 'elsewhere' })).toBe('problem: there is no such database: create it');
    expect(await says({ port: '1' })).toBe('problem: nothing listens there: start PostgreSQL, or correct the URL');
    expect(await examine(await newDatabase(), (await newPlace()).path('data'))).toMatchObject({
      schema: 'problem: the database has no tables of ours: start the service once',
    });
  });
});
