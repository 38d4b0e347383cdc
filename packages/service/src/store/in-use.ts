/** Whether somebody else has a database open, such as a service that was not stopped. */

import { sql } from 'kysely';
import Libsql from 'libsql';
import { operatorError } from '../operator-errors.ts';
import { openAsIs } from './open-as-is.ts';
import type { DatabaseLocation } from './store.ts';

/**
 * Before a database is given up for another. Of PostgreSQL only connections of Sotto count, as far as the user may see them.
 * @throws `database/in-use`, `database/missing`, and what the database says
 */
export async function requireUnused(location: DatabaseLocation): Promise<void> {
  const isUsed = 'file' in location ? isFileInUse(location.file) : await hasOtherConnections(location);
  if (isUsed) throw operatorError('database/in-use');
}

/** Only who is alone gets the exclusive lock; whoever has a file with a log open, and does nothing, holds a shared one. */
function isFileInUse(file: string): boolean {
  const database = new Libsql(file, { timeout: 1 });
  try {
    // Not prepared: libsql keeps a closed database, with its locks, until its statements are collected.
    database.exec('pragma locking_mode = exclusive; begin immediate; rollback');
    database.exec('pragma locking_mode = normal; select count(*) from sqlite_schema');
    return false;
  } catch (error) {
    if (error instanceof Libsql.SqliteError && error.code === 'SQLITE_BUSY') return true;
    throw error;
  } finally {
    database.close();
  }
}

async function hasOtherConnections(location: DatabaseLocation): Promise<boolean> {
  const { reader, close } = await openAsIs(location);
  try {
    const { rows } = await sql<{ count: number }>`select count(*) as count from pg_stat_activity
      where datname = current_database() and application_name = 'sotto' and pid <> pg_backend_pid()`.execute(reader);
    return (rows[0]?.count ?? 0) > 0;
  } finally {
    await close();
  }
}
