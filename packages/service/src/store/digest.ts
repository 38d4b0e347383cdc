/**
 * What a table holds, as a number of rows and a SHA-256, which two databases of equal content share whatever they are. Source:
 * docs/spec/service-backup.md §4.
 */

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { readRows, type Row, type Value } from './rows.ts';
import type { Queryable } from './store.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';

export interface TableDigest {
  readonly table: TableName;
  readonly rows: number;
  /** Hex. */
  readonly sha256: string;
}

/** Called with what was done of a table so far. */
export type OnProgress = (progress: { readonly table: TableName; readonly rows: number }) => void;

export interface DigestOptions {
  readonly tables?: readonly TableName[];
  readonly onProgress?: OnProgress | undefined;
}

/** `db` is a transaction, or a database that nobody writes to, or the tables do not belong together. */
export async function digestTables(
  db: Queryable,
  { tables = TABLE_NAMES, onProgress }: DigestOptions = {},
): Promise<TableDigest[]> {
  const digests: TableDigest[] = [];
  for (const table of tables) {
    const digest = createTableDigest(table);
    for await (const batch of readRows(db, table)) {
      const rows = digest.add(batch);
      onProgress?.({ table, rows });
    }
    digests.push(digest.finish());
  }
  return digests;
}

export interface RunningDigest {
  /** In the order of the primary key. The number of rows so far. */
  add(rows: readonly Row[]): number;
  finish(): TableDigest;
}

export function createTableDigest(table: TableName): RunningDigest {
  const hash = createHash('sha256');
  let count = 0;
  return {
    add(rows) {
      for (const row of rows) hash.update(encodeRow(row));
      return (count += rows.length);
    },
    finish: () => ({ table, rows: count, sha256: hash.digest('hex') }),
  };
}

/** Those of our tables that the database has: all of them after the latest migration. */
export async function tablesOf(db: Queryable): Promise<TableName[]> {
  const names = new Set((await db.introspection.getTables()).map(({ name }) => name));
  return TABLE_NAMES.filter((name) => names.has(name));
}

/** The names of the migrations that were run, in their order. */
export async function migrationsOf(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** Tables that are not the same in both, or that one of them lacks. */
export function differingTables(some: readonly TableDigest[], others: readonly TableDigest[]): TableName[] {
  const find = (digests: readonly TableDigest[], name: TableName) => digests.find(({ table }) => table === name);
  return TABLE_NAMES.filter((name) => {
    const [one, other] = [find(some, name), find(others, name)];
    return one?.rows !== other?.rows || one?.sha256 !== other?.sha256;
  });
}

/** The columns in the order of their names, each as: name, zero byte, kind, length (BE32), content. */
function encodeRow(row: Row): Buffer {
  const parts: Buffer[] = [];
  for (const name of Object.keys(row).sort()) {
    const { kind, content } = encodeValue(row[name] ?? null);
    const head = Buffer.from(`${name}\0${kind}....`);
    head.writeUInt32BE(content.length, head.length - 4);
    parts.push(head, content);
  }
  return Buffer.concat(parts);
}

function encodeValue(value: Value): { readonly kind: 'n' | 'i' | 't' | 'b'; readonly content: Buffer } {
  if (value === null) return { kind: 'n', content: Buffer.alloc(0) };
  if (typeof value === 'string') return { kind: 't', content: Buffer.from(value) };
  if (Number.isSafeInteger(value)) return { kind: 'i', content: Buffer.from(String(value)) };
  if (value instanceof Uint8Array) {
    return { kind: 'b', content: Buffer.from(value.buffer, value.byteOffset, value.byteLength) };
  }
  throw new TypeError('a column holds neither a whole number, a text, bytes nor null');
}
