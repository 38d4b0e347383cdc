/**
 * SQLite behind Kysely, through libsql. The only file that knows the driver.
 *
 * A committed write is on disk: in WAL mode with `synchronous=FULL` each commit ends in a sync of the log, and SQLite
 * answers after it. Counted with strace, 2026-11: 204 fsync calls for 200 cards published one after the other, one for
 * each and the others for checkpoints. This build of SQLite calls fsync where others call fdatasync.
 */

import Libsql from 'libsql';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Dialect,
  type SqliteDatabase,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely';
import { StoreFullError, StoreUnavailableError } from '../errors.ts';

/** How long a connection waits for a writer of another process. */
const BUSY_MILLISECONDS = 5000;

/** Searches for different numbers of identities have different texts. */
const KEPT_STATEMENTS = 200;

/**
 * A dialect over one connection of its own to the database file, which is made if it does not exist. What its queries fail
 * with is an error of the store. @throws StoreUnavailableError, StoreFullError
 */
export function openSqlite(file: string): Dialect {
  const database = explained(() => openDurably(file));
  return new DurableSqliteDialect({ database: keepStatements(database) }, database);
}

function openDurably(file: string): Libsql.Database {
  const database = new Libsql(file, { timeout: BUSY_MILLISECONDS });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** No writing, another process that has the file for too long, a disk that fails, pages that are none. */
const UNAVAILABLE = /^SQLITE_(BUSY|READONLY|IOERR|CANTOPEN|CORRUPT|NOTADB)/;

/** What libsql throws, as no error of SQLite's, where the file cannot be opened. Held by its exact version. */
export function isConnectionFailure(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('ConnectionFailed(');
}

/** An error of the store where it is none of ours, else the error itself. Source: SQLite, "Result and Error Codes". */
export function explainSqliteError(error: unknown): unknown {
  if (isConnectionFailure(error)) return new StoreUnavailableError('the file cannot be opened', { cause: error });
  if (!(error instanceof Libsql.SqliteError)) return error;
  if (error.code === 'SQLITE_FULL') return new StoreFullError({ cause: error });
  return UNAVAILABLE.test(error.code) ? new StoreUnavailableError('the file cannot be used', { cause: error }) : error;
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainSqliteError(error);
  }
}

class DurableSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #database: Libsql.Database;

  constructor(config: SqliteDialectConfig, database: Libsql.Database) {
    super(config);
    this.#config = config;
    this.#database = database;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateSqliteDriver(this.#config, this.#database);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

/**
 * Takes the write lock when a transaction begins. A plain `begin` takes it at the first write, and fails with
 * SQLITE_BUSY at once, whatever the timeout, when another process wrote in between.
 */
class ImmediateSqliteDriver extends SqliteDriver {
  readonly #database: Libsql.Database;

  constructor(config: SqliteDialectConfig, database: Libsql.Database) {
    super(config);
    this.#database = database;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** On a full disk SQLite has undone the transaction by itself: to undo it again fails, and hides why. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

/** Migrations run inside a transaction, so that two first starts at one time do not meet half a schema. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Kysely prepares every query anew, although most have the same text each time: preparing costs as much as running. */
function keepStatements(database: Libsql.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      const kept = statements.get(sql);
      if (kept !== undefined) return kept;
      const statement = guardStatement(explained(() => database.prepare<unknown[]>(sql)));
      if (statements.size === KEPT_STATEMENTS) statements.clear();
      statements.set(sql, statement);
      return statement;
    },
    close() {
      statements.clear();
      database.close();
    },
  };
}

/**
 * libsql 0.5 aborts the whole process when it is given a boolean, and cuts a text at its zero byte: refuse both here. Of
 * bytes it gives back the bare buffer.
 */
function guardStatement(statement: Libsql.Statement<unknown[]>): SqliteStatement {
  return {
    reader: statement.reader,
    all: (parameters) => explained(() => statement.all(checkParameters(parameters)).map(withBytes)),
    run: (parameters) => explained(() => statement.run(checkParameters(parameters))),
    iterate: (parameters) => statement.iterate(checkParameters(parameters)),
  };
}

function checkParameters(parameters: readonly unknown[]): readonly unknown[] {
  for (const parameter of parameters) {
    const isFit =
      parameter === null ||
      typeof parameter === 'number' ||
      parameter instanceof Uint8Array ||
      (typeof parameter === 'string' && !parameter.includes('\0'));
    if (!isFit)
      throw new TypeError('a query parameter is neither a number, bytes, null, nor a text without zero bytes');
  }
  return parameters;
}

function withBytes(row: unknown): unknown {
  const columns = row as Record<string, unknown>;
  for (const [name, value] of Object.entries(columns)) {
    if (value instanceof ArrayBuffer) columns[name] = new Uint8Array(value);
  }
  return columns;
}
