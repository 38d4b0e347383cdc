/** All rows of a table in the order of their primary key, in batches that fit into memory whatever is in them. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Queryable } from './store.ts';
import { type TableName, TABLES } from './tables.ts';

export type Value = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;

/** A statement of SQLite takes 32,766 values, and our widest table has ten columns. */
const MOST_ROWS = 500;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * By key and not by offset: each batch is one search in the index. The order is that of the bytes in UTF-8, which SQLite and
 * PostgreSQL with our collation share.
 */
export async function* readRows(db: Queryable, table: TableName): AsyncGenerator<readonly Row[], void> {
  const { key } = TABLES[table];
  for (let last: readonly Value[] | undefined; ; ) {
    const end = await findEnd(db, { table, last });
    if (end === undefined) return;
    // SQLite answers at once: without a pause no signal would be heard until the last row.
    await nextTurn();
    const { rows } = await sql<Row>`select * from ${sql.table(table)}
      where ${after(key, last)} and (${columns(key)}) <= (${values(end)}) order by ${columns(key)}`.execute(db);
    yield rows;
    last = end;
  }
}

/** The key of the last row of the next batch, undefined where there is none. */
async function findEnd(
  db: Queryable,
  { table, last }: { readonly table: TableName; readonly last: readonly Value[] | undefined },
): Promise<readonly Value[] | undefined> {
  const { key, bulky } = TABLES[table];
  const lengths = bulky.map((column) => sql`length(${sql.ref(column)})`);
  const bytes = lengths.length === 0 ? sql.lit(0) : sql.join(lengths, sql` + `);
  const { rows } = await sql<Row & { bytes: number }>`select ${columns(key)}, ${bytes} as bytes
    from ${sql.table(table)} where ${after(key, last)} order by ${columns(key)} limit ${sql.lit(MOST_ROWS)}`.execute(
    db,
  );
  let length = 0;
  const cut = rows.findIndex((row) => (length += row.bytes) > MOST_BYTES);
  // One that is too large alone is a batch of its own.
  const end = cut === -1 ? rows.at(-1) : rows[Math.max(0, cut - 1)];
  return end && key.map((column) => end[column] ?? null);
}

function after(key: readonly string[], last: readonly Value[] | undefined) {
  return last === undefined ? sql`true` : sql`(${columns(key)}) > (${values(last)})`;
}

function columns(names: readonly string[]) {
  return sql.join(names.map((name) => sql.ref(name)));
}

function values(key: readonly Value[]) {
  return sql.join(key);
}
