import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { createPostgresDatabase, makeTemporaryFolder } from '../test-kit.ts';
import { copyStore } from './copy.ts';
import { differingTables, digestTables } from './digest.ts';
import { readRows, type Row, type Value } from './rows.ts';
import { copySqliteFile } from './snapshot.ts';
import { openStore, type Queryable, type Store } from './store.ts';
import { TABLE_NAMES, type TableName, TABLES } from './tables.ts';

const server = inject('postgresUrl');

let folder: string;
let stores: Store[];

beforeEach(() => {
  folder = makeTemporaryFolder();
  stores = [];
});

afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function openNew(kind: Store['kind']): Promise<Store> {
  const location =
    kind === 'sqlite' || server === undefined
      ? { file: join(folder, `${stores.length}.db`) }
      : { url: await createPostgresDatabase(server) };
  const store = await openStore(location);
  stores.push(store);
  return store;
}

/** PostgreSQL where the tests run with it, else another SQLite. */
const otherKind = (): Store['kind'] => (server === undefined ? 'sqlite' : 'postgres');

/** Rows that refer to each other, as the foreign keys want it, and have in each column what is given. */
async function fill(store: Store, { texts, numbers, bytes }: Extremes): Promise<void> {
  await store.transact(async (db) => {
    for (const [index, text] of texts.entries()) {
      const row = { ...sampleRow(text, numbers[index % numbers.length]!, bytes[index % bytes.length]!) };
      for (const table of TABLE_NAMES) await insertRow(db, table, pick(row, await columnsOf(db, table)));
    }
  });
}

interface Extremes {
  /** No two alike. */
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly bytes: readonly Uint8Array[];
}

const EXTREMES: Extremes = {
  texts: [
    '',
    ' ',
    'a',
    'A',
    'ä',
    'z\u0301',
    '😀',
    '\uffff',
    '\ue000',
    "'; drop table cards; --",
    'x'.repeat(2000),
    '\\',
    '\u0001',
    'NULL',
  ],
  numbers: [0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  bytes: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(255, 0, 92, 39), new Uint8Array(100_000).fill(7)],
};

/** Every column that some table has. The ones that rows refer to by are equal. */
function sampleRow(text: string, number: number, bytes: Uint8Array): Record<string, Value> {
  const texts = [
    'application_id',
    'app_key_id',
    'name',
    'public_key_text',
    'chain_id',
    'head_card_id',
    'card_id',
    'identity',
    'content_snapshot',
    'signatures',
    'service_signature',
    'service_key_id',
    'hash',
    'record_id',
    'folder_id',
    'owner',
    'root',
    'path',
    'key',
    'key_id',
    'short_key_id',
    'id',
    'version_text',
  ]; // prettier-ignore
  const numbers = [
    'created_at',
    'revoked_at',
    'published_at',
    'version',
    'bytes',
    'records',
    'part',
    'burst_full_at',
    'day_full_at',
  ];
  const blobs = ['meta', 'value', 'identity_key', 'long_term_key', 'long_term_signature', 'public_key'];
  return {
    ...Object.fromEntries(texts.map((name) => [name, text])),
    ...Object.fromEntries(numbers.map((name) => [name, number])),
    ...Object.fromEntries(blobs.map((name) => [name, bytes])),
    card_type: null,
  };
}

async function columnsOf(db: Queryable, table: TableName): Promise<{ name: string; dataType: string }[]> {
  const found = (await db.introspection.getTables()).find(({ name }) => name === table)!;
  return found.columns.map(({ name, dataType }) => ({ name, dataType: dataType.toLowerCase() }));
}

function pick(
  row: Record<string, Value>,
  columns: readonly { name: string; dataType: string }[],
): Record<string, Value> {
  return Object.fromEntries(
    columns.map(({ name, dataType }) => {
      const value = row[name];
      if (value === undefined) throw new Error(`no sample for the column ${name}: add one`);
      // `public_key` and `value` are texts in one table, and bytes in others.
      return [name, dataType === 'text' && value instanceof Uint8Array ? row['application_id']! : value];
    }),
  );
}

async function insertRow(db: Queryable, table: TableName, row: Record<string, Value>): Promise<void> {
  await db.insertInto(table).values(row).execute();
}

/** Bytes by their hash: to compare a megabyte number by number takes seconds. */
async function allRows({ reader }: Store, table: TableName): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of readRows(reader, table)) rows.push(...batch);
  const toPlain = (value: Value) =>
    value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value;
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toPlain(value)])));
}

describe('the description of the tables', () => {
  test('has every table of the database but that of the nodes, with the columns of its primary key', async () => {
    const { reader } = await openNew('sqlite');
    const tables = (await reader.introspection.getTables()).map(({ name }) => name);
    expect([...TABLE_NAMES, 'nodes'].sort()).toEqual(tables.sort());
    for (const table of TABLE_NAMES) {
      const { rows } = await sql<{ name: string }>`
        select name from pragma_table_info(${table}) where pk > 0 order by pk`.execute(reader);
      expect([table, TABLES[table].key]).toEqual([table, rows.map(({ name }) => name)]);
    }
  });

  test('puts a table after those that its rows refer to', async () => {
    const { reader } = await openNew('sqlite');
    for (const [index, table] of TABLE_NAMES.entries()) {
      const { rows } = await sql<{ table: TableName }>`select "table" from pragma_foreign_key_list(${table})`.execute(
        reader,
      );
      for (const { table: referred } of rows) expect(TABLE_NAMES.indexOf(referred)).toBeLessThan(index);
    }
  });

  test('counts as bulky what may be long', async () => {
    const { reader } = await openNew('sqlite');
    for (const table of TABLE_NAMES) {
      const names = (await columnsOf(reader, table)).map(({ name }) => name);
      const { bulky }: { bulky: readonly string[] } = TABLES[table];
      if (bulky.length === 0 && !table.startsWith('installation_')) expect(names).not.toContain('value');
    }
  });
});

test('the digest of a table is that of the specification', async () => {
  const store = await openNew(otherKind());
  await store.transact(async (db) => {
    for (const name of ['ä', 'a']) {
      const app = { application_id: name, name };
      await db
        .insertInto('applications')
        .values({ ...app, created_at: -12 })
        .execute();
      const key = { ...app, app_key_id: 'k', public_key: '', created_at: 0, revoked_at: null };
      await db.insertInto('app_keys').values(key).execute();
    }
  });
  const sha256 = (hex: string) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');
  const column = (name: string, kind: string, content: string) =>
    Buffer.concat([
      Buffer.from(`${name}\0${kind}`),
      Buffer.from([0, 0, 0, Buffer.byteLength(content)]),
      Buffer.from(content),
    ]).toString('hex');
  const application = (text: string) =>
    column('application_id', 't', text) + column('created_at', 'i', '-12') + column('name', 't', text);
  const appKey = (text: string) =>
    column('app_key_id', 't', 'k') +
    column('application_id', 't', text) +
    column('created_at', 'i', '0') +
    column('name', 't', text) +
    column('public_key', 't', '') +
    column('revoked_at', 'n', '');
  expect(await digestTables(store.reader, { tables: ['applications', 'app_keys'] })).toEqual([
    { table: 'applications', rows: 2, sha256: sha256(application('a') + application('ä')) },
    { table: 'app_keys', rows: 2, sha256: sha256(appKey('a') + appKey('ä')) },
  ]);
});

describe('a copy', () => {
  test('has all that its source has, there and back again', async () => {
    const source = await openNew('sqlite');
    await fill(source, EXTREMES);
    const middle = await openNew(otherKind());
    const back = await openNew('sqlite');
    const copied = await copyStore(source, middle);
    expect(await copyStore(middle, back, { isFinal: true })).toEqual(copied);
    for (const table of TABLE_NAMES) {
      expect(await allRows(middle, table)).toEqual(await allRows(source, table));
      expect(await allRows(back, table)).toEqual(await allRows(source, table));
    }
    expect(copied.map(({ rows }) => rows)).toEqual(TABLE_NAMES.map(() => EXTREMES.texts.length));
    expect(await digestTables(back.reader)).toEqual(await digestTables(source.reader));
  });

  test('has it whatever the rows are', async () => {
    const [source, middle, back] = [await openNew('sqlite'), await openNew(otherKind()), await openNew('sqlite')];
    const text = fc
      .string({ unit: 'binary', maxLength: 50 })
      .filter((value) => !value.includes('\0') && !/\p{Surrogate}/u.test(value));
    const extremes = fc.record({
      texts: fc.uniqueArray(text, { minLength: 1, maxLength: 8 }),
      numbers: fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 4 }),
      bytes: fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(extremes, async (rows) => {
        for (const store of [source, middle, back]) await empty(store);
        await fill(source, rows);
        await copyStore(source, middle);
        await copyStore(middle, back);
        expect(differingTables(await digestTables(back.reader), await digestTables(source.reader))).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });

  test('is made in batches that neither lose nor repeat a row', async () => {
    const source = await openNew('sqlite');
    const rows = Array.from({ length: 1501 }, (_, index) => ({
      application_id: `${index}`,
      name: 'a',
      created_at: index,
    }));
    await source.transact(async (db) => {
      for (let at = 0; at < rows.length; at += 500)
        await db
          .insertInto('applications')
          .values(rows.slice(at, at + 500))
          .execute();
    });
    const target = await openNew(otherKind());
    const progress: number[] = [];
    await copyStore(source, target, { onProgress: ({ rows: count }) => progress.push(count) });
    expect(progress).toEqual([500, 1000, 1500, 1501]);
    expect(await allRows(target, 'applications')).toEqual(await allRows(source, 'applications'));
  });

  test('leaves room between its batches for whoever wants to stop it', async () => {
    const source = await openNew('sqlite');
    await fill(source, { ...EXTREMES, texts: ['a'] });
    let isHeard = false;
    setImmediate(() => (isHeard = true));
    await digestTables(source.reader);
    expect(isHeard).toBe(true);
  });

  test('takes few rows at a time where they are large', async () => {
    const source = await openNew('sqlite');
    await source.transact(async (db) => {
      for (let index = 0; index < 12; index++) {
        const size = index % 3 === 0 ? 5_000_000 : 1_500_000;
        const row = {
          application_id: 'a',
          identity: `${index}`,
          version: 1,
          meta: new Uint8Array(),
          value: new Uint8Array(size),
          hash: '',
        };
        await db.insertInto('keyknox_values').values(row).execute();
      }
    });
    const sizes: number[] = [];
    for await (const batch of readRows(source.reader, 'keyknox_values')) sizes.push(batch.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(12);
  });

  test('is refused where there is data, also of one row in the last table', async () => {
    const [source, target] = [await openNew('sqlite'), await openNew(otherKind())];
    await fill(source, { ...EXTREMES, texts: ['a'] });
    await target.transact((db) =>
      db
        .insertInto('brain_key_guesses')
        .values({ application_id: 'a', identity: 'b', burst_full_at: 1, day_full_at: 1 })
        .execute(),
    );
    await expect(copyStore(source, target)).rejects.toMatchObject({ code: 'database/not-empty' });
    expect(await allRows(target, 'applications')).toEqual([]);
  });

  test('leaves nothing in its target if it fails on the way', async () => {
    const [source, target] = [await openNew('sqlite'), await openNew(otherKind())];
    await fill(source, { ...EXTREMES, texts: ['a', 'b'] });
    const stop = ({ table }: { table: TableName }) => {
      if (table === 'keyknox_contents') throw new Error('thought better of it');
    };
    await expect(copyStore(source, target, { onProgress: stop })).rejects.toThrow('thought better of it');
    for (const table of TABLE_NAMES) expect(await allRows(target, table)).toEqual([]);
    await copyStore(source, target);
  });

  test('is compared with its source before anybody sees it', async () => {
    const [source, target] = [await openNew('sqlite'), await openNew('sqlite')];
    await fill(source, { ...EXTREMES, texts: ['a', 'b'] });
    await target.transact((db) =>
      sql`create trigger meddle after insert on cards begin
        update cards set published_at = 7 where card_id = new.card_id; end`.execute(db),
    );
    await expect(copyStore(source, target)).rejects.toMatchObject({
      code: 'database/differs',
      details: { tables: ['cards'] },
    });
    expect(await allRows(target, 'applications')).toEqual([]);
  });

  test('is refused between databases of different releases', async () => {
    const [source, target] = [await openNew('sqlite'), await openNew(otherKind())];
    await source.transact((db) =>
      sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(db),
    );
    await expect(copyStore(source, target)).rejects.toMatchObject({ code: 'database/other-migrations' });
  });

  describe.runIf(server !== undefined)('of PostgreSQL', () => {
    const other = { application_id: 'z', name: 'z', created_at: 1 };

    /** Copies, and begins to write to the source in the middle of it. What happened in which order. */
    async function copyWhileWriting({ isFinal }: { isFinal: boolean }) {
      const [source, target] = [await openNew('postgres'), await openNew('sqlite')];
      await fill(source, { ...EXTREMES, texts: ['a', 'b'] });
      const before = await digestTables(source.reader);
      const order: string[] = [];
      let write: Promise<unknown> | undefined;
      const writeOnce = () => {
        write ??= source
          .transact((db) => db.insertInto('applications').values(other).execute())
          .then(() => order.push('written'));
      };
      const copied = await copyStore(source, target, { isFinal, onProgress: writeOnce });
      order.push('copied');
      await write;
      return { before, copied, after: await digestTables(source.reader), order };
    }

    test('is of one moment, and others write meanwhile', async () => {
      const { before, copied, after } = await copyWhileWriting({ isFinal: false });
      expect(copied).toEqual(before);
      expect(differingTables(after, copied)).toEqual(['applications']);
    });

    test('lets nobody write to a source that it takes the place of', async () => {
      const { before, copied, order } = await copyWhileWriting({ isFinal: true });
      expect(copied).toEqual(before);
      expect(order).toEqual(['copied', 'written']);
    });
  });

  test('of SQLite lets nobody write to its source', async () => {
    const [source, target] = [await openNew('sqlite'), await openNew(otherKind())];
    await fill(source, { ...EXTREMES, texts: ['a', 'b'] });
    const other = new Libsql(join(folder, '0.db'), { timeout: 1 });
    const tryToWrite = () => expect(() => other.exec('begin immediate')).toThrow('database is locked');
    await copyStore(source, target, { isFinal: true, onProgress: tryToWrite });
    other.exec('begin immediate');
    other.exec('rollback');
    other.close();
  });

  test('of a file of SQLite has what was committed, while others write', async () => {
    const source = await openNew('sqlite');
    await fill(source, { ...EXTREMES, texts: ['a', 'b'] });
    const copy = await source.transact(async (db) => {
      await db.insertInto('applications').values({ application_id: 'z', name: 'z', created_at: 1 }).execute();
      await copySqliteFile(source.reader, join(folder, 'copy.db'));
      return openStore({ file: join(folder, 'copy.db') });
    });
    stores.push(copy);
    expect(differingTables(await digestTables(copy.reader), await digestTables(source.reader))).toEqual([
      'applications',
    ]);
  });
});

async function empty(store: Store): Promise<void> {
  await store.transact(async (db) => {
    for (const table of TABLE_NAMES.toReversed()) await sql`delete from ${sql.table(table)}`.execute(db);
  });
}
