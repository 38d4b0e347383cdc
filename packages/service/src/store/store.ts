/**
 * The open database: one connection that writes, one transaction at a time, and one that reads without waiting for it.
 * Queries are functions in the other files of this folder; they take the database or a transaction first.
 */

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';
import { isDiskFull, openSqlite } from './dialect/sqlite.ts';
import { migrateToLatest } from './migrate.ts';
import type { Schema } from './schema.ts';

/** What queries run on: the reading connection or an open transaction. */
export type Queryable = Kysely<Schema>;

export interface Store {
  readonly reader: Queryable;
  /**
   * Runs `work` as one step and resolves once it is on disk. What `work` throws undoes it and is thrown again.
   * @throws StoreFullError with nothing written
   */
  transact<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** Rejects when either connection fails. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** There is no room on the disk of the database. What is there can be read. */
export class StoreFullError extends Error {
  constructor(options: ErrorOptions) {
    super('the disk of the database is full', options);
    this.name = 'StoreFullError';
  }
}

/** Opens the database file, made with mode 0600 in a directory of mode 0700 if it is new, and brings its schema up to date. */
export async function openStore({ file }: { file: string }): Promise<Store> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  createPrivateFile(file);
  const writer = new Kysely<Schema>({ dialect: openSqlite(file) });
  const reader = new Kysely<Schema>({ dialect: openSqlite(file) });
  let closed: Promise<void> | undefined;
  const store: Store = {
    reader,
    async transact(work) {
      try {
        return await writer.transaction().execute(work);
      } catch (error) {
        throw isDiskFull(error) ? new StoreFullError({ cause: error }) : error;
      }
    },
    async ping() {
      await sql`select 1`.execute(reader);
      await sql`select 1`.execute(writer);
    },
    close: () => (closed ??= closeBoth(reader, writer)),
  };
  try {
    // Kysely closes only connections that were used, so both are before anybody can close the store.
    await store.ping();
    await migrateToLatest(writer);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

async function closeBoth(reader: Queryable, writer: Queryable): Promise<void> {
  await reader.destroy();
  // libsql leaves the log as it is when the last connection closes, and the file alone would lack what is in it. Passive:
  // it waits for nobody, as another process may have the database open.
  await sql`pragma wal_checkpoint(passive)`.execute(writer);
  await writer.destroy();
}

/** SQLite gives its log and index files the mode of the database file, so it has to be right before they are made. */
function createPrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
