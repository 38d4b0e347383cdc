/** Moving between the two databases, and the other commands of operators on PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startService } from '@sotto/service';
import { findPostgres, type Postgres, startPostgres } from '@sotto/testing/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backup } from './backup.ts';
import { doctor } from './doctor.ts';
import { migrateDatabase, type MigrateDatabaseOptions } from './migrate-database.ts';
import { restore } from './restore.ts';
import { status } from './status.ts';
import { newContext, newInstallation, newPlace } from './test-kit.ts';

async function migrate(options: MigrateDatabaseOptions) {
  const context = newContext();
  await migrateDatabase(options, context);
  return context;
}

describe('sotto migrate-database', () => {
  it('needs two databases, the first of which is there', async () => {
    const { dataDir, path, service } = await newInstallation();
    await service.close();
    await expect(migrate({ from: dataDir, to: join(dataDir, 'sotto.db') })).rejects.toMatchObject({
      code: 'cli/same-database',
    });
    await expect(migrate({ from: path('nowhere'), to: path('new') })).rejects.toMatchObject({ code: 'cli/no-data' });
    const other = await newInstallation();
    await expect(migrate({ from: dataDir, to: other.dataDir })).rejects.toMatchObject({ code: 'database/not-empty' });
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
    const { dataDir, path, token, service } = await newInstallation();
    await service.close();
    const databaseUrl = await newDatabase();
    const there = await migrate({ from: dataDir, to: databaseUrl });
    expect(there.results).toContainEqual(expect.stringMatching(/^applications +1 {2}[0-9a-f]{64}$/));
    expect(there.said[0]).toMatch(/^both are equal/);
    const node = await startService({ databaseUrl, secretsDir: path('data/secrets'), port: 0 });
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

  it('a backup carries an installation from one server to another', async () => {
    const { dataDir, path, service } = await newInstallation();
    await service.close();
    const [from, to] = [await newDatabase(), await newDatabase()];
    await migrate({ from: dataDir, to: from });
    const file = path('a.backup');
    await backup(file, { databaseUrl: from, data: dataDir, for: [path('operator.pub')] }, newContext());
    await restore(file, { databaseUrl: to, data: path('new'), key: [path('operator.key')] }, newContext());
    const { terminal, results } = newContext();
    await status({ databaseUrl: to, data: path('new') }, terminal);
    expect(results).toContainEqual('applications   1');
    expect(results).toContainEqual(expect.stringMatching(/^database {7}PostgreSQL \d+\.\d+, [\d.]+ MB$/));
    expect(results.at(-1)).toMatch(/^restored /);
    await expect(
      restore(file, { databaseUrl: to, data: path('other'), key: [path('operator.key')] }, newContext()),
    ).rejects.toMatchObject({ code: 'database/not-empty' });
    expect((await examine(to, path('new')))['brain-key secret']).toBe('ok: is that of the database');
  });

  it('the doctor says what is wrong with the server, and names neither host nor user', async () => {
    const { dataDir, service } = await newInstallation();
    await service.close();
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
