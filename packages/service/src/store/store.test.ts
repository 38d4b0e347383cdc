import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../test-kit.ts';
import { openSqlite } from './dialect/sqlite.ts';
import { findFact, insertFact } from './installation-facts.ts';
import { findKeyknoxValue, insertKeyknoxValue } from './keyknox-values.ts';
import { createMigrator } from './migrate.ts';
import type { Schema } from './schema.ts';
import { openStore, type Store } from './store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
  file = join(folder, 'data', 'sotto.db');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const application = (id: string) => ({ application_id: id, name: 'clinic', created_at: 1 });

async function countApplications(store: Store): Promise<number> {
  return (await store.reader.selectFrom('applications').selectAll().execute()).length;
}

test('the file and what SQLite puts beside it are for their owner alone', async () => {
  const store = await openStore({ file });
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  await store.close();
});

test('both connections write ahead, sync each commit and check foreign keys', async () => {
  const store = await openStore({ file });
  const settings = async (db: Kysely<Schema>) =>
    (
      await sql`select journal_mode, synchronous, foreign_keys
        from pragma_journal_mode, pragma_synchronous, pragma_foreign_keys`.execute(db)
    ).rows;
  const full = [{ journal_mode: 'wal', synchronous: 2, foreign_keys: 1 }];
  expect(await settings(store.reader)).toEqual(full);
  expect(await store.transact(settings)).toEqual(full);
  await store.close();
});

test('the database file alone holds everything once it is closed, which may be asked for twice', async () => {
  const store = await openStore({ file });
  await store.transact((db) => db.insertInto('applications').values(application('a')).execute());
  await Promise.all([store.close(), store.close()]);
  const copy = join(folder, 'copy.db');
  copyFileSync(file, copy);
  const copied = await openStore({ file: copy });
  expect(await countApplications(copied)).toBe(1);
  await copied.close();
});

test('what a transaction throws undoes it', async () => {
  const store = await openStore({ file });
  const failing = store.transact(async (db) => {
    await db.insertInto('applications').values(application('a')).execute();
    throw new Error('thought better of it');
  });
  await expect(failing).rejects.toThrow('thought better of it');
  expect(await countApplications(store)).toBe(0);
  await store.close();
});

test('a reader does not wait for a writer, and sees what was there before', async () => {
  const store = await openStore({ file });
  await store.transact(async (db) => {
    await db.insertInto('applications').values(application('a')).execute();
    expect(await countApplications(store)).toBe(0);
  });
  expect(await countApplications(store)).toBe(1);
  await store.close();
});

test('writers take their turns', async () => {
  const store = await openStore({ file });
  const ids = Array.from({ length: 20 }, (_, index) => `app-${index}`);
  await Promise.all(
    ids.map((id) => store.transact((db) => db.insertInto('applications').values(application(id)).execute())),
  );
  expect(await countApplications(store)).toBe(20);
  await store.close();
});

test('migrations go up, down and up again', async () => {
  const store = await openStore({ file });
  await store.close();
  const db = new Kysely<Schema>({ dialect: openSqlite(file) });
  const migrator = createMigrator(db);
  while ((await migrator.getMigrations()).some(({ executedAt }) => executedAt !== undefined)) {
    expect((await migrator.migrateDown()).error).toBeUndefined();
  }
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  expect(tables).toEqual([]);
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  await db.destroy();
});

test('a database of the first version keeps what it holds and gets what is new', async () => {
  const store = await openStore({ file });
  await store.close();
  const db = new Kysely<Schema>({ dialect: openSqlite(file) });
  const migrator = createMigrator(db);
  expect((await migrator.migrateTo('0001-applications-and-cards')).error).toBeUndefined();
  const tables = (await db.introspection.getTables()).map(({ name }) => name).sort();
  expect(tables).toEqual(['app_keys', 'applications', 'card_chains', 'cards']);
  await db.insertInto('applications').values(application('a')).execute();
  await db.destroy();

  const migrated = await openStore({ file });
  expect(await countApplications(migrated)).toBe(1);
  await migrated.transact((transaction) => insertFact(transaction, 'name', 'value'));
  expect(await findFact(migrated.reader, 'name')).toBe('value');
  await migrated.close();
});

test('bytes come back as they went in, also part of a longer array, and none', async () => {
  const store = await openStore({ file });
  for (const bytes of [new Uint8Array(), Uint8Array.of(0, 1, 0), Uint8Array.of(9, 8, 7, 6).subarray(1, 3)]) {
    const row = { application_id: 'a', identity: 'alice', version: 1, meta: bytes, value: bytes, hash: 'h' };
    await store.transact(async (transaction) => {
      await transaction.deleteFrom('keyknox_values').execute();
      await insertKeyknoxValue(transaction, row);
    });
    const { meta } = (await findKeyknoxValue(store.reader, { appId: 'a', identity: 'alice' })) ?? {};
    expect(meta).toBeInstanceOf(Uint8Array);
    expect([...(meta ?? [])]).toEqual([...bytes]);
  }
  await store.close();
});

test.each([
  ['a boolean', true],
  ['a zero byte', 'a\0b'],
  ['an object', {}],
  ['nothing', undefined],
])('a parameter that the driver would choke on is refused before it gets there: %s', async (_, value) => {
  const store = await openStore({ file });
  await expect(sql`select ${sql.val(value)}`.execute(store.reader)).rejects.toThrow(TypeError);
  await store.close();
});
