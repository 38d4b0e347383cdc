/** Queries that count guesses. A bucket is one number: the time at which it will be full again. */

import type { Selectable } from 'kysely';
import type { BrainKeyGuessesTable } from './schema.ts';
import type { Queryable } from './store.ts';

type Bucket = 'burst_full_at' | 'day_full_at';

/** For each bucket, in milliseconds. */
export type BucketTimes = Readonly<Record<Bucket, number>>;

export interface GuessOptions {
  readonly appId: string;
  readonly identity: string;
  readonly now: number;
  /** How long it takes for one guess to come back. */
  readonly perGuess: BucketTimes;
  /** How long it takes to fill an empty bucket. */
  readonly toFill: BucketTimes;
}

/**
 * Takes one guess from each bucket. False, with nothing taken, if one of them is empty. One statement, so that of many
 * at one time no more succeed than there are guesses.
 */
export async function takeGuess(db: Queryable, options: GuessOptions): Promise<boolean> {
  const { appId, identity, now, perGuess, toFill } = options;
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('brain_key_guesses')
    .values({
      application_id: appId,
      identity,
      burst_full_at: now + perGuess.burst_full_at,
      day_full_at: now + perGuess.day_full_at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['application_id', 'identity'])
        .doUpdateSet((eb) => {
          const after = (bucket: Bucket) =>
            eb
              .case()
              .when(`brain_key_guesses.${bucket}`, '>', now)
              .then(eb(`brain_key_guesses.${bucket}`, '+', perGuess[bucket]))
              .else(now + perGuess[bucket])
              .end();
          return { burst_full_at: after('burst_full_at'), day_full_at: after('day_full_at') };
        })
        .where('brain_key_guesses.burst_full_at', '<=', now + toFill.burst_full_at - perGuess.burst_full_at)
        .where('brain_key_guesses.day_full_at', '<=', now + toFill.day_full_at - perGuess.day_full_at),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/**
 * The buckets of a user, none of them emptier than empty: after the clock was set back that would last until it has
 * caught up.
 */
export async function readBuckets(db: Queryable, { appId, identity, now, toFill }: GuessOptions): Promise<BucketTimes> {
  for (const bucket of ['burst_full_at', 'day_full_at'] as const) {
    await db
      .updateTable('brain_key_guesses')
      .set({ [bucket]: now + toFill[bucket] })
      .where('application_id', '=', appId)
      .where('identity', '=', identity)
      .where(bucket, '>', now + toFill[bucket])
      .execute();
  }
  return findBuckets(db, { appId, identity });
}

async function findBuckets(
  db: Queryable,
  { appId, identity }: { appId: string; identity: string },
): Promise<Pick<Selectable<BrainKeyGuessesTable>, Bucket>> {
  return db
    .selectFrom('brain_key_guesses')
    .select(['burst_full_at', 'day_full_at'])
    .where('application_id', '=', appId)
    .where('identity', '=', identity)
    .executeTakeFirstOrThrow();
}
