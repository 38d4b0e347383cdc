/** Whatever a request asks of the database, the answer is found by an index that begins with the application. */

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countGuess, DEFAULT_GUESS_LIMITS } from '../domain/guesses.ts';
import { createContent, type Content } from '../domain/keyknox-content.ts';
import { listRecords, pullRecord, pushRecord, resetRecords } from '../domain/keyknox-records.ts';
import { getValue, putValue, resetValue } from '../domain/keyknox-values.ts';
import { DEFAULT_QUOTAS } from '../domain/quotas.ts';
import { makeTemporaryFolder } from '../test-kit.ts';
import { openSqlite } from './dialect/sqlite.ts';
import {
  addOneTimeKeys,
  deleteOneTimeKeys,
  deleteRatchetIdentity,
  findActiveRatchetIdentity,
  findRatchetIdentity,
  oneTimeKeyIds,
  takeOneTimeKey,
} from './ratchet-keys.ts';
import type { Schema } from './schema.ts';
import { openStore, type Store } from './store.ts';

const caller = { appId: 'app', identity: 'alice' };
const user = caller;
const names = { root: 'r', path: 'p', key: 'k' };
const unnamed = { root: undefined, path: undefined, key: undefined };

let folder: string;
let store: Store;
let db: Kysely<Schema>;
let asked: Set<string>;

beforeEach(async () => {
  folder = makeTemporaryFolder();
  const file = join(folder, 'sotto.db');
  await (await openStore({ file })).close();
  asked = new Set();
  db = new Kysely<Schema>({ dialect: openSqlite(file), log: ({ query }) => void asked.add(query.sql) });
  store = {
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

function content(text: string): Content {
  const bytes = Buffer.from(text);
  return createContent({ meta: bytes, value: bytes });
}

/** The lines of the plan that say how a table is read. */
async function lookupsOf(query: string): Promise<string[]> {
  // The plan of a query does not depend on its parameters.
  const { rows } = await sql<{
    detail: string;
  }>`${sql.raw(`explain query plan ${query.replaceAll('?', "'1'")}`)}`.execute(db);
  return rows.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH) (?!\d+ CONSTANT)/.test(detail));
}

async function expectIndexes(work: () => Promise<unknown>, atLeast: number): Promise<void> {
  asked.clear();
  await work();
  const queries = [...asked].filter((query) => /^(select|insert|update|delete)/.test(query));
  let count = 0;
  for (const query of queries) {
    for (const lookup of await lookupsOf(query)) {
      expect(lookup, query).toMatch(/^SEARCH [\w ]+ USING (COVERING )?INDEX \w+ \(application_id=\?( AND \w+=\?)+\)/);
      count++;
    }
  }
  expect(count).toBeGreaterThanOrEqual(atLeast);
}

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
    await findActiveRatchetIdentity(db, user);
    await addOneTimeKeys(db, user, [key]);
    await oneTimeKeyIds(db, user);
    await takeOneTimeKey(db, user);
    await deleteOneTimeKeys(db, user);
    await deleteRatchetIdentity(db, user);
  }, 9);
});
