/** What has to change in a database that is put back to an earlier time, so that nothing is given out a second time. */

import { sql } from 'kysely';
import type { Queryable } from './store.ts';

/**
 * Every one-time key counts as handed out: some of them were, after the time that is shown, and their owners may have destroyed the
 * private halves. How many there were.
 */
export async function useUpOneTimeKeys(db: Queryable): Promise<number> {
  await db
    .insertInto('used_one_time_keys')
    .columns(['application_id', 'identity', 'key_id'])
    .expression(
      // SQLite takes the `on` of a conflict for that of a join where there is no condition.
      db.selectFrom('one_time_keys').select(['application_id', 'identity', 'key_id']).where('key_id', 'is not', null),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { numDeletedRows } = await db.deleteFrom('one_time_keys').executeTakeFirst();
  return Number(numDeletedRows);
}

/** The day's guesses of everyone who has guessed count as made; they come back evenly until `fullAt`, milliseconds since 1970. */
export async function useUpGuesses(db: Queryable, { fullAt }: { readonly fullAt: number }): Promise<void> {
  await db.updateTable('brain_key_guesses').set({ day_full_at: fullAt }).where('day_full_at', '<', fullAt).execute();
}

export async function countActiveAppKeys(db: Queryable): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*) as count from app_keys where revoked_at is null`.execute(db);
  return rows[0]?.count ?? 0;
}
