/**
 * Copies everything from one database to another, of either kind. It is read as it was at one moment and written in one
 * transaction, which is read back and compared before it is committed: whoever looks at the target finds nothing, or all of it.
 */

import { sql } from 'kysely';
import { operatorError } from '../operator-errors.ts';
import {
  createTableDigest,
  differingTables,
  digestTables,
  migrationsOf,
  type OnProgress,
  type TableDigest,
  tablesOf,
} from './digest.ts';
import { readRows } from './rows.ts';
import { prepareLongWork, withSnapshot } from './snapshot.ts';
import type { Queryable, Store } from './store.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';

export interface CopyOptions {
  /** Whether the source is given up for the target: nobody writes to it until the copy is there. */
  readonly isFinal?: boolean;
  readonly onProgress?: OnProgress | undefined;
}

/** What was copied. @throws `database/not-empty`, `database/other-migrations`, `database/differs`, and what the stores throw */
export async function copyStore(
  from: Pick<Store, 'kind' | 'reader'>,
  to: Store,
  options: CopyOptions = {},
): Promise<TableDigest[]> {
  const { isFinal = false, onProgress } = options;
  return withSnapshot(from, { isFinal }, async (source) => {
    return to.transact(async (target) => {
      if (to.kind === 'postgres') await prepareLongWork(target);
      await requireEqualMigrations(source, target);
      await requireEmpty(target);
      const copied = await copyTables({ source, target, onProgress });
      const differing = differingTables(copied, await digestTables(target));
      if (differing.length > 0) throw operatorError('database/differs', { details: { tables: differing } });
      return copied;
    });
  });
}

/** Whether no table has a row, of those that there are. */
export async function isEmptyStore(db: Queryable): Promise<boolean> {
  for (const table of await tablesOf(db)) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
    if (rows.length > 0) return false;
  }
  return true;
}

async function copyTables({
  source,
  target,
  onProgress,
}: {
  readonly source: Queryable;
  readonly target: Queryable;
  readonly onProgress: OnProgress | undefined;
}): Promise<TableDigest[]> {
  const digests: TableDigest[] = [];
  for (const table of TABLE_NAMES) {
    const digest = createTableDigest(table);
    for await (const batch of readRows(source, table)) {
      await insertRows(target, table, batch);
      const rows = digest.add(batch);
      onProgress?.({ table, rows });
    }
    digests.push(digest.finish());
  }
  return digests;
}

/** The rows of a table have its columns: the two schemas are of the same migrations. */
async function insertRows(db: Queryable, table: TableName, rows: readonly object[]): Promise<void> {
  await db.insertInto(table).values(rows).execute();
}

async function requireEqualMigrations(source: Queryable, target: Queryable): Promise<void> {
  const [some, others] = [await migrationsOf(source), await migrationsOf(target)];
  if (some.join() !== others.join()) throw operatorError('database/other-migrations');
}

async function requireEmpty(target: Queryable): Promise<void> {
  if (!(await isEmptyStore(target))) throw operatorError('database/not-empty');
}
