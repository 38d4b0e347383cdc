/** What of the store is PostgreSQL's alone, on a server of its own: its settings are changed here. */

import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { findFreePort, findPostgres, startPostgres, type Postgres } from '@sotto/testing/postgres';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSecrets } from '../create-secrets.ts';
import { createServiceKey } from '../secrets.ts';
import { startService } from '../service.ts';
import { createPostgresDatabase, makeTemporaryFolder } from '../test-kit.ts';
import { splitHosts } from './dialect/postgres-hosts.ts';
import { StoreBusyError, StoreUnavailableError } from './errors.ts';
import { findFact, insertFact } from './installation-facts.ts';
import { createMigrator } from './migrate.ts';
import { findWeakSettings } from './server-settings.ts';
import { openStore, type Queryable, type Store } from './store.ts';

test('a URL with several hosts stands for one for each', () => {
  const url = 'postgresql://user:a%2Cb@one:5432,[::1]:5433,three/sotto?sslmode=verify-full';
  expect(splitHosts(url)).toEqual([
    'postgresql://user:a%2Cb@one:5432/sotto?sslmode=verify-full',
    'postgresql://user:a%2Cb@[::1]:5433/sotto?sslmode=verify-full',
    'postgresql://user:a%2Cb@three/sotto?sslmode=verify-full',
  ]);
});

const isMissing = findPostgres() === undefined && !process.env['CI'];

describe.skipIf(isMissing)('over PostgreSQL', () => {
  let server: Postgres;
  let admin: pg.Client;
  let url: string;
  let store: Store;

  beforeAll(async () => {
    server = await startPostgres({ fsync: false });
    admin = new pg.Client(server.url);
    await admin.connect();
  });

  afterAll(async () => {
    await admin.end();
    await server.close();
  });

  beforeEach(async () => {
    url = await createPostgresDatabase(server.url);
    store = await openStore({ url });
  });

  afterEach(() => store.close());

  const setDatabase = (setting: string) =>
    admin.query(`alter database ${new URL(url).pathname.slice(1)} set ${setting}`);

  async function pidOf(db: Queryable): Promise<number> {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
    return rows[0]?.pid ?? 0;
  }

  test('a transaction whose connection is lost before its commit begins again, and is done once', async () => {
    let tries = 0;
    await store.transact(async (transaction) => {
      await insertFact(transaction, `try ${++tries}`, 'value');
      if (tries === 1) await admin.query('select pg_terminate_backend($1)', [await pidOf(transaction)]);
      await findFact(transaction, 'any');
    });
    expect(tries).toBe(2);
    expect(await findFact(store.reader, 'try 1')).toBeUndefined();
    expect(await findFact(store.reader, 'try 2')).toBe('value');
  });

  test('a read whose connection is lost is asked again over another', async () => {
    await store.reader.connection().execute(async (connection) => {
      const lost = await pidOf(connection);
      await admin.query('select pg_terminate_backend($1)', [lost]);
      expect(await pidOf(connection)).not.toBe(lost);
    });
  });

  test('a commit that no standby has confirmed is not acknowledged', async () => {
    await admin.query("alter system set synchronous_standby_names = 'nobody'");
    await admin.query('select pg_reload_conf()');
    await vi.waitFor(async () => {
      expect((await admin.query('show synchronous_standby_names')).rows).toEqual([
        { synchronous_standby_names: 'nobody' },
      ]);
    });
    let tries = 0;
    const committing = store.transact(async (transaction) => {
      tries++;
      await insertFact(transaction, 'name', 'value');
    });
    committing.catch(() => undefined); // looked at below
    await vi.waitFor(async () => {
      const { rowCount } = await admin.query(
        "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'",
      );
      expect(rowCount).toBe(1);
    });
    await expect(committing).rejects.toThrow(StoreUnavailableError);
    await admin.query('alter system reset synchronous_standby_names');
    await admin.query('select pg_reload_conf()');
    // It is there, on this one server: which is why nobody may run it again.
    expect(tries).toBe(1);
    expect(await findFact(store.reader, 'name')).toBe('value');
  });

  test('two transactions that wait for each other both end well', async () => {
    await store.transact((transaction) => insertFact(transaction, 'a', '0'));
    await store.transact((transaction) => insertFact(transaction, 'b', '0'));
    let met = 0;
    const addTo = (names: readonly string[]) =>
      store.transact(async (transaction) => {
        for (const name of names) {
          await sql`update installation_facts set value = value || '1' where name = ${name}`.execute(transaction);
          met++;
          if (met <= 2) await vi.waitFor(() => expect(met).toBeGreaterThanOrEqual(2));
        }
      });
    await Promise.all([addTo(['a', 'b']), addTo(['b', 'a'])]);
    expect([await findFact(store.reader, 'a'), await findFact(store.reader, 'b')]).toEqual(['011', '011']);
  });

  test('a commit waits for the disk although the server would not, which is said, with what else is weak', async () => {
    await setDatabase('synchronous_commit = off');
    const other = await openStore({ url });
    const { rows } = await sql`show synchronous_commit`.execute(other.reader);
    expect(rows).toEqual([{ synchronous_commit: 'on' }]);
    expect((await findWeakSettings(other.reader)).map(({ name }) => name)).toEqual(['fsync', 'synchronous_commit']);
    await other.close();
  });

  test('of several hosts the one that answers is found', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const ports = [await findFreePort(), (silent.address() as AddressInfo).port];
    const { host } = new URL(url);
    const hosts = [...ports.map((port) => `127.0.0.1:${port}`), host].join();
    const other = await openStore({ url: url.replace(host, hosts) });
    await other.transact((transaction) => insertFact(transaction, 'name', 'value'));
    expect(await findFact(store.reader, 'name')).toBe('value');
    await other.close();
    silent.close();
  });

  test('a server that takes no writes is none', async () => {
    await setDatabase('default_transaction_read_only = on');
    await expect(openStore({ url, patienceMilliseconds: 200 })).rejects.toThrow('no database server takes writes');
  });

  test('who finds all connections in use is told, after a while', async () => {
    const small = await openStore({ url, poolSize: 1, patienceMilliseconds: 200 });
    await small.transact(async () => {
      await expect(findFact(small.reader, 'any')).rejects.toThrow(StoreBusyError);
    });
    await small.close();
  });

  test('every text is compared by its bytes', async () => {
    const { rows } = await sql<{ collation: string }>`select distinct collation_name as collation
      from information_schema.columns
      where table_schema = 'public' and data_type = 'text'`.execute(store.reader);
    expect(rows).toEqual([{ collation: 'C' }]);
  });

  test('first starts at one time make one schema', async () => {
    const empty = await createPostgresDatabase(server.url);
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ url: empty })));
    for (const each of stores) await each.close();
    expect(stores).toHaveLength(4);
  });

  test('migrations go down and up again', async () => {
    const migrator = createMigrator(store.reader);
    while ((await migrator.getMigrations()).some(({ executedAt }) => executedAt !== undefined)) {
      expect((await migrator.migrateDown()).error).toBeUndefined();
    }
    expect((await store.reader.introspection.getTables()).map(({ name }) => name)).toEqual([]);
    expect((await migrator.migrateToLatest()).error).toBeUndefined();
  });

  test('a schema that is newer is left as it is, and served', async () => {
    const later = { name: '9999-later', timestamp: new Date().toISOString() };
    await sql`insert into kysely_migration ${sql.raw(`values ('${later.name}', '${later.timestamp}')`)}`.execute(
      store.reader,
    );
    const beside = await openStore({ url });
    await beside.transact((transaction) => insertFact(transaction, 'name', 'value'));
    expect(await findFact(store.reader, 'name')).toBe('value');
    await beside.close();
  });

  describe('a service', () => {
    let folder: string;
    beforeEach(() => void (folder = makeTemporaryFolder()));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    test('does not start without the secrets that all nodes share, and makes none', async () => {
      const secretsDir = join(folder, 'secrets');
      mkdirSync(secretsDir);
      await expect(startService({ databaseUrl: url, secretsDir, port: 0 })).rejects.toMatchObject({
        code: 'secrets/unreadable',
      });
      expect(readdirSync(secretsDir)).toEqual([]);

      await createServiceKey(secretsDir);
      await expect(startService({ databaseUrl: url, secretsDir, port: 0 })).rejects.toMatchObject({
        code: 'secrets/unreadable',
      });
      expect(readdirSync(secretsDir).sort()).toEqual(['service-key.pem', 'service-keys.json']);
    });

    test('does not start with the brain-key secret of others', async () => {
      for (const name of ['ours', 'theirs']) await createSecrets(join(folder, name));
      const start = (name: string) => startService({ databaseUrl: url, secretsDir: join(folder, name), port: 0 });
      await (await start('ours')).close();
      await expect(start('theirs')).rejects.toMatchObject({ code: 'secrets/mismatch' });
    });

    test('does not start with a wrong password, and does not say which', async () => {
      await createSecrets(join(folder, 'secrets'));
      const wrong = Object.assign(new URL(url), { password: 'hunter2' }).href;
      const starting = startService({ databaseUrl: wrong, secretsDir: join(folder, 'secrets'), port: 0 });
      await expect(starting).rejects.toMatchObject({
        code: 'database/unreachable',
        message: expect.not.stringContaining('hunter2') as string,
      });
    });
  });
});
