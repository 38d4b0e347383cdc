/** The database as it is at one moment, for what reads all of it while the service goes on. */

import { sql } from 'kysely';
import { openAsIs } from './open-as-is.ts';
import type { Queryable, Store } from './store.ts';
import { TABLE_NAMES } from './tables.ts';

/**
 * Runs `work` on a transaction that sees one moment. A final one lets nobody write as long as it takes, which for a file of
 * SQLite goes for any: whoever wants to let others write copies the file first (`copySqliteFile`).
 */
export async function withSnapshot<T>(
  { kind, reader }: Pick<Store, 'kind' | 'reader'>,
  { isFinal }: { readonly isFinal: boolean },
  work: (db: Queryable) => Promise<T>,
): Promise<T> {
  if (kind === 'sqlite') return reader.transaction().execute(work);
  return reader
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (db) => {
      // The moment is that of the first query that is none of these. `share` waits for writers, and they for it.
      await prepareLongWork(db);
      if (isFinal)
        await sql`lock table ${sql.join(TABLE_NAMES.map((name) => sql.table(name)))} in share mode`.execute(db);
      return work(db);
    });
}

/**
 * For a transaction of PostgreSQL that goes over whole tables. It takes longer than a request may. And each batch has to be a walk along the
 * index: without statistics, as of rows that are new in it, the planner would rather sort the whole table, each time.
 */
export async function prepareLongWork(transaction: Queryable): Promise<void> {
  for (const setting of [
    sql`statement_timeout = 0`,
    sql`idle_in_transaction_session_timeout = 0`,
    sql`enable_seqscan = off`,
    sql`enable_bitmapscan = off`,
    sql`enable_sort = off`,
    sql`enable_incremental_sort = off`,
  ]) {
    await sql`set local ${setting}`.execute(transaction);
  }
}

/**
 * Writes a database of SQLite, as it is now, into a file that is made or empty. Writers go on; this process does nothing else
 * meanwhile: 230 MB in a second, measured 2026-11.
 */
export async function copySqliteFile(db: Queryable, file: string): Promise<void> {
  await sql`vacuum into ${file}`.execute(db);
}

/** Brings all of a database that nobody has open into the file itself, which is then whole without its log. */
export async function foldLog(file: string): Promise<void> {
  const { reader, close } = await openAsIs({ file });
  try {
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(reader);
    if (rows[0]?.busy !== 0) throw new Error('the log of a database that nobody else has cannot be folded in');
  } finally {
    await close();
  }
}
