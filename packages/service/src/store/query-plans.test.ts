/** Whatever a request asks of the database, the answer is found by an index that begins with the application. */

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CompiledQuery, Kysely, sql, type Dialect, type LogEvent } from 'kysely';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { countGuess, DEFAULT_GUESS_LIMITS } from '../domain/guesses.ts';
import { createContent, type Content } from '../domain/keyknox-content.ts';
import { listRecords, pullRecord, pushRecord, resetRecords } from '../domain/keyknox-records.ts';
import { getValue, putValue, resetValue } from '../domain/keyknox-values.ts';
import { DEFAULT_QUOTAS } from '../domain/quotas.ts';
import { createPostgresDatabase, makeTemporaryFolder } from '../test-kit.ts';
import { findActivePublicKey, markAppKeyRevoked } from './applications.ts';
import { cardsByIdentities, findCard, markChainRevoked, moveChainHead, outdatedCardIds } from './cards.ts';
import { PostgresHosts } from './dialect/postgres-hosts.ts';
import { createPostgresDialect } from './dialect/postgres.ts';
import { openSqlite } from './dialect/sqlite.ts';
import {
  addOneTimeKeys,
  deleteOneTimeKeys,
  deleteRatchetIdentity,
  lockActiveRatchetIdentity,
  findRatchetIdentity,
  oneTimeKeyIds,
  takeOneTimeKey,
} from './ratchet-keys.ts';
import type { Schema } from './schema.ts';
import { openStore, type Store } from './store.ts';

const server = inject('postgresUrl');
const caller = { appId: 'app', identity: 'alice' };
const user = caller;
const names = { root: 'r', path: 'p', key: 'k' };
const unnamed = { root: undefined, path: undefined, key: undefined };

let folder: string;
let store: Store;
let db: Kysely<Schema>;
let asked: Map<string, CompiledQuery>;

beforeEach(async () => {
  folder = makeTemporaryFolder();
  asked = new Map();
  const log = ({ query }: LogEvent) => void asked.set(query.sql, query);
  db = new Kysely<Schema>({ dialect: await openEmptyDatabase(), log });
  store = {
    kind: server === undefined ? 'sqlite' : 'postgres',
    reader: db,
    transact: (work) => db.transaction().execute(work),
    ping: async () => undefined,
    close: () => db.destroy(),
  };
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** With the schema, and in PostgreSQL in one session that reads whole tables, as is best for small ones, only where it must. */
async function openEmptyDatabase(): Promise<Dialect> {
  if (server === undefined) {
    const file = join(folder, 'sotto.db');
    await (await openStore({ file })).close();
    return openSqlite(file);
  }
  const url = await createPostgresDatabase(server);
  const filled = await openStore({ url });
  await fillTables(filled.reader);
  await filled.close();
  const options = '?options=-c%20enable_seqscan%3Doff';
  return createPostgresDialect(new PostgresHosts({ url: url + options, poolSize: 2, patienceMilliseconds: 5000 }));
}

function content(text: string): Content {
  const bytes = Buffer.from(text);
  return createContent({ meta: bytes, value: bytes });
}

/** PostgreSQL plans by how much there is: three applications with a thousand rows each in every table. */
async function fillTables(database: Kysely<Schema>): Promise<void> {
  const values: Readonly<Record<string, string>> = { text: "'x' || i", int4: 'i', int8: 'i', bytea: "'x'" };
  await database.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection); // no foreign keys
    for (const { name, columns } of await connection.introspection.getTables()) {
      const row = columns.map((column) =>
        column.name === 'application_id' ? `(array['app', 'a', 'b'])[i % 3 + 1]` : (values[column.dataType] ?? 'null'),
      );
      await sql`insert into ${sql.table(name)} select ${sql.raw(row.join(', '))} from generate_series(1, 3000) i
        on conflict do nothing`.execute(connection);
    }
    await sql`reset session_replication_role`.execute(connection);
    await sql`analyze`.execute(connection);
  });
}

/** How the plan of a query says that tables are read: one text for each. */
async function lookupsOf(query: CompiledQuery): Promise<string[]> {
  return server === undefined ? lookupsInSqlite(query.sql) : lookupsInPostgres(query);
}

async function lookupsInSqlite(text: string): Promise<string[]> {
  // The plan of a query does not depend on its parameters.
  const explained = sql.raw<{ detail: string }>(`explain query plan ${text.replaceAll('?', "'1'")}`);
  const { rows } = await explained.execute(db);
  return rows.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH) (?!\d+ CONSTANT)/.test(detail));
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

async function lookupsInPostgres({ sql: text, parameters }: CompiledQuery): Promise<string[]> {
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    CompiledQuery.raw(`explain (format json) ${text}`, [...parameters]),
  );
  const plans = rows.flatMap((row) => flatten(row['QUERY PLAN'][0].Plan));
  return plans
    .filter(({ 'Node Type': type }) => /^(Seq|Index|Index Only|Bitmap Index) Scan$/.test(type))
    .map((plan) => `${plan['Node Type']}: ${plan['Index Cond'] ?? 'no index'}`);
}

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)];
}

const BY_INDEX =
  server === undefined
    ? /^SEARCH [\w ]+ USING (COVERING )?INDEX \w+ \(application_id=\?( AND \w+=\?)+\)/
    : /^(Bitmap )?Index (Only )?Scan: \(\(application_id = .+\) AND \(\w+ = .+\)\)$/;

/** What is said to all nodes, and is of no application: a row by its name. */
const OF_INSTALLATION =
  server === undefined
    ? /^SEARCH installation_settings USING INDEX \w+ \(name=\?\)$/
    : /^Index Scan: \(name = 'service-key-id'::text\)$/;

async function expectIndexes(work: () => Promise<unknown>, atLeast: number): Promise<void> {
  asked.clear();
  await work();
  const queries = [...asked.values()].filter(({ sql: text }) => /^(select|insert|update|delete)/.test(text));
  let count = 0;
  for (const query of queries) {
    for (const lookup of await lookupsOf(query)) {
      if (OF_INSTALLATION.test(lookup)) continue;
      expect(lookup, query.sql).toMatch(BY_INDEX);
      count++;
    }
  }
  expect(count).toBeGreaterThanOrEqual(atLeast);
}

test('cards', async () => {
  await expectIndexes(async () => {
    await findCard(db, { appId: 'a', cardId: 'c' });
    await cardsByIdentities(db, { appId: 'a', identities: ['alice', 'bob'], cardTypes: [] });
    await outdatedCardIds(db, { appId: 'a', cardIds: ['c', 'd'] });
    await moveChainHead(db, { appId: 'a', chainId: 'c', from: 'c', to: 'd' });
    await markChainRevoked(db, { appId: 'a', chainId: 'c', revokedAt: 1 });
  }, 8);
});

test('App Keys', async () => {
  await expectIndexes(async () => {
    await findActivePublicKey(db, { appId: 'a', appKeyId: 'k' });
    await markAppKeyRevoked(db, { appId: 'a', appKeyId: 'k', revokedAt: 1 });
  }, 2);
});

test('the value of a user', async () => {
  const context = { store, quotas: DEFAULT_QUOTAS, caller };
  await expectIndexes(async () => {
    const { hash } = await putValue(context, { content: content('a'), previousHash: undefined });
    await putValue(context, { content: content('b'), previousHash: hash });
    await resetValue(context);
    await getValue(context);
  }, 2);
});

test('records', async () => {
  const context = { store, quotas: DEFAULT_QUOTAS, caller };
  await expectIndexes(async () => {
    const push = { names, identities: ['alice', 'bob'] };
    const { hash } = await pushRecord(context, { ...push, content: content('a'), previousHash: undefined });
    await pushRecord(context, { ...push, content: content('b'), previousHash: hash });
    await pullRecord(context, { names, owner: 'alice' });
    for (const { root, path } of [names, { ...names, path: undefined }, unnamed]) {
      await listRecords(context, { root, path, owner: 'alice' });
    }
    for (const participant of ['bob', undefined]) {
      for (const some of [names, { ...names, key: undefined }, { ...unnamed, root: 'r' }, unnamed]) {
        await resetRecords(context, { names: some, participant });
      }
    }
  }, 30);
});

test('guesses', async () => {
  const limits = { ...DEFAULT_GUESS_LIMITS, burst: 1 };
  await expectIndexes(async () => {
    await countGuess(store, { caller, limits, now: 1000 });
    await expect(countGuess(store, { caller, limits, now: 1000 })).rejects.toMatchObject({
      code: 'brain-key/too-many-guesses',
    });
  }, 3);
});

test('ratchet keys', async () => {
  const bytes = createHash('sha256').digest();
  const key = { key_id: 'id', short_key_id: 'short id', public_key: bytes };
  await expectIndexes(async () => {
    await findRatchetIdentity(db, user);
    await lockActiveRatchetIdentity(db, user);
    await addOneTimeKeys(db, user, [key]);
    await oneTimeKeyIds(db, user);
    await takeOneTimeKey(db, user);
    await deleteOneTimeKeys(db, user);
    await deleteRatchetIdentity(db, user);
  }, 9);
});
