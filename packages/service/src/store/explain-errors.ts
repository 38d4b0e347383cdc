/** What databases say in words of their own, as errors that tell an operator what to do. A request is answered otherwise. */

import Libsql from 'libsql';
import { operatorError } from '../operator-errors.ts';
import { startError } from '../start-error.ts';
import { explainSqliteError, isConnectionFailure } from './dialect/sqlite.ts';
import { StoreBusyError, StoreFullError, StoreUnavailableError } from './errors.ts';

/** @throws `database/corrupt`, `database/full`, `database/unreachable`, and what the task throws besides */
export async function explainStoreErrors<T>(task: Promise<T>): Promise<T> {
  try {
    return await task;
  } catch (error) {
    throw explain(error);
  }
}

function explain(thrown: unknown): unknown {
  const error = explainSqliteError(thrown);
  if (error instanceof StoreFullError) return operatorError('database/full', { cause: error });
  if (isCorrupt(error)) return operatorError('database/corrupt', { cause: error });
  const isUnreachable =
    error instanceof StoreUnavailableError || error instanceof StoreBusyError || isOfPostgres(error);
  if (!isUnreachable) return error;
  const reason = isOfSqlite(error)
    ? 'its file cannot be opened or written: look whose it is, and at its disk'
    : 'it does not answer, takes no writes, or refuses user or password';
  return startError('database/unreachable', `The database cannot be used: ${reason}. sotto doctor says more.`, error);
}

/** As SQLite says it, or the store after it. */
export function isCorrupt(error: unknown): boolean {
  const said = error instanceof StoreUnavailableError ? error.cause : error;
  return said instanceof Libsql.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(said.code);
}

/** From the driver, or from the system where folder or file cannot be made. */
function isOfSqlite(error: unknown): boolean {
  const said = error instanceof Error ? error.cause : undefined;
  return (
    said instanceof Libsql.SqliteError ||
    isConnectionFailure(said) ||
    (said instanceof Error && 'syscall' in said && 'path' in said)
  );
}

/** What the server itself says, such as that the password is wrong. */
function isOfPostgres(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && 'routine' in error;
}
