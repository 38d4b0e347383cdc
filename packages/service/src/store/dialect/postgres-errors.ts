/** What the errors of PostgreSQL and of its connections mean to the store. Source: PostgreSQL 15 manual, appendix A. */

import { StoreConflictError, StoreFullError, StoreUnavailableError } from '../errors.ts';

/** serialization_failure, deadlock_detected. */
const CONFLICTS: readonly string[] = ['40001', '40P01'];

/** disk_full. */
const FULL = '53100';

/**
 * Connection exceptions (08), out of memory or connections (53), cancelled or shut down (57), input or output (58), locks
 * that were not to be had in time, a server that takes no writes any more, and what Node says of sockets.
 */
const UNAVAILABLE = /^(08...|53...|57...|58...|55P03|25006|25P03)$/;

/** As `pg` words what it finds out by itself; it gives these no code. */
const LOST_CONNECTION =
  /connection (terminated|timeout)|timeout (expired|exceeded)|read timeout|not queryable|was closed/i;

/** An error of the store where it is none of ours, else the error itself. */
export function explainPostgresError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (CONFLICTS.includes(code)) return new StoreConflictError({ cause: error });
  if (code === FULL) return new StoreFullError({ cause: error });
  const isSocketError = (error as NodeJS.ErrnoException).syscall !== undefined || /^E[A-Z_]+$/.test(code);
  const isLost = isSocketError || UNAVAILABLE.test(code) || (code === '' && LOST_CONNECTION.test(error.message));
  return isLost ? new StoreUnavailableError('the database does not answer', { cause: error }) : error;
}
