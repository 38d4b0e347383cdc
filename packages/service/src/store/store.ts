/**
 * The open database. SQLite: one connection that writes, one transaction at a time, and one that reads without waiting for
 * it. PostgreSQL: a pool, whose transactions go side by side; each statement sees what others have committed (`read
 * committed`), so that rules which need more lock the rows they decide by. Queries are functions in the other files of this
 * folder; they take the database or a transaction first.
 */

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql } from 'kysely';
import { PostgresHosts } from './dialect/postgres-hosts.ts';
import { createPostgresDialect } from './dialect/postgres.ts';
import { openSqlite } from './dialect/sqlite.ts';
import { StoreConflictError, StoreUnavailableError } from './errors.ts';
import { migrateToLatest } from './migrate.ts';
import { noStoreEvents, type StoreEvents, type TransactionOutcome } from './observe.ts';
import type { Schema } from './schema.ts';

/** What queries run on: the reading connection or an open transaction. */
export type Queryable = Kysely<Schema>;

/** A file of SQLite, or the URL of a database of PostgreSQL, which may name several hosts. */
export type DatabaseLocation = { readonly file: string } | PostgresLocation;

export interface PostgresLocation {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize?: number | undefined;
  /** How long a request waits for a connection, and for a server to come back. */
  readonly patienceMilliseconds?: number | undefined;
}

export interface Store {
  readonly kind: 'sqlite' | 'postgres';
  readonly reader: Queryable;
  /**
   * Runs `work` as one step and resolves once it is on disk. What `work` throws undoes it and is thrown again. It runs
   * again where another transaction came between, so it changes nothing but the database.
   * @throws StoreFullError, StoreBusyError, StoreConflictError with nothing written; StoreUnavailableError
   */
  transact<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const POOL_SIZE = 10;
const PATIENCE_MILLISECONDS = 10_000;

/** How often, and for how long, a transaction begins again, and how long it waits at first and at most. */
const MOST_TRIES = 12;
const LONGEST_MILLISECONDS = 15_000;
const FIRST_PAUSE_MILLISECONDS = 2;
const LONGEST_PAUSE_MILLISECONDS = 250;

/**
 * Opens the database and brings its schema up to date. A file is made with mode 0600 in a directory of mode 0700 if it is
 * new. @throws StoreUnavailableError if no server takes writes, or refuses user, password or database; if the file cannot be used
 */
export async function openStore(location: DatabaseLocation, events: StoreEvents = noStoreEvents): Promise<Store> {
  const store = 'url' in location ? openPostgresStore(location, events) : openSqliteStore(location.file, events);
  try {
    // Kysely closes only connections that were used, so both are before anybody can close the store.
    await store.ping();
    await migrateToLatest(store.writer);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

interface OpenStore extends Store {
  readonly writer: Queryable;
}

function openSqliteStore(file: string, events: StoreEvents): OpenStore {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    createPrivateFile(file);
  } catch (cause) {
    throw new StoreUnavailableError('the file cannot be made or owned', { cause });
  }
  const writer = new Kysely<Schema>({ dialect: openSqlite(file) });
  const reader = new Kysely<Schema>({ dialect: openSqlite(file) });
  let closed: Promise<void> | undefined;
  return {
    kind: 'sqlite',
    writer,
    reader,
    transact: (work) => runTransaction(writer, { work, isRemote: false, events }),
    async ping() {
      await sql`select 1`.execute(reader);
      await sql`select 1`.execute(writer);
    },
    close: () => (closed ??= closeBoth(reader, writer)),
  };
}

function openPostgresStore(
  { url, poolSize = POOL_SIZE, patienceMilliseconds = PATIENCE_MILLISECONDS }: PostgresLocation,
  events: StoreEvents,
): OpenStore {
  const hosts = new PostgresHosts({ url, poolSize, patienceMilliseconds });
  const db = new Kysely<Schema>({ dialect: createPostgresDialect(hosts) });
  events.pool?.(() => hosts.use);
  let closed: Promise<void> | undefined;
  return {
    kind: 'postgres',
    writer: db,
    reader: db,
    transact: (work) => runTransaction(db, { work, isRemote: true, events }),
    async ping() {
      await sql`select 1`.execute(db);
    },
    close: () => (closed ??= db.destroy()),
  };
}

interface TransactionOptions<T> {
  readonly work: (transaction: Queryable) => Promise<T>;
  /** Whether a lost connection may come back. */
  readonly isRemote: boolean;
  readonly events: StoreEvents;
}

async function runTransaction<T>(db: Queryable, options: TransactionOptions<T>): Promise<T> {
  const giveUpAt = performance.now() + LONGEST_MILLISECONDS;
  for (let tries = 1; ; tries++) {
    const outcome = await tryTransaction(db, options);
    if (outcome.isDone) return outcome.value;
    if (!outcome.mayRepeat || tries === MOST_TRIES || performance.now() > giveUpAt) throw outcome.error;
    await pause(tries);
  }
}

type Outcome<T> =
  | { readonly isDone: true; readonly value: T }
  | { readonly isDone: false; readonly error: unknown; readonly mayRepeat: boolean };

async function tryTransaction<T>(
  db: Queryable,
  { work, isRemote, events }: TransactionOptions<T>,
): Promise<Outcome<T>> {
  const startedAt = performance.now();
  const end = (outcome: TransactionOutcome) => events.transaction(outcome, performance.now() - startedAt);
  let isCommitting = false;
  try {
    const transaction = await db.startTransaction().execute();
    let value: T;
    try {
      value = await work(transaction);
      isCommitting = true;
      await transaction.commit().execute();
    } catch (error) {
      // Where this fails the connection is gone, and the transaction with it; what is thrown is why it came to that.
      await transaction
        .rollback()
        .execute()
        .catch(() => undefined);
      throw error;
    }
    end('committed');
    return { isDone: true, value };
  } catch (error) {
    // After a commit nobody knows; before it, whatever was done is undone.
    const isLost = isRemote && error instanceof StoreUnavailableError && !isCommitting;
    const mayRepeat = error instanceof StoreConflictError || isLost;
    end(mayRepeat ? 'retried' : error instanceof StoreUnavailableError ? 'failed' : 'undone');
    return { isDone: false, error, mayRepeat };
  }
}

async function pause(tries: number): Promise<void> {
  const longest = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** tries, LONGEST_PAUSE_MILLISECONDS);
  await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}

async function closeBoth(reader: Queryable, writer: Queryable): Promise<void> {
  await reader.destroy();
  // libsql leaves the log as it is when the last connection closes, and the file alone would lack what is in it. Passive:
  // it waits for nobody, as another process may have the database open.
  try {
    await sql`pragma wal_checkpoint(passive)`.execute(writer);
  } finally {
    await writer.destroy();
  }
}

/**
 * SQLite gives its log and index files the mode of the database file, so it has to be right before they are made. A file that is
 * there is not opened: to close it takes from this process all locks on it that SQLite believes to have (source: SQLite, "How To
 * Corrupt", 2.2), and a command beside it would take away the log as if nobody else were there.
 */
function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(file, 0o600);
  }
}
