/**
 * How often a user may ask for a brain key: the only thing that stands between a weak password and somebody who has a
 * token of that user. A short burst at the pace that clients keep, and a day's worth in the long run. Each user of each
 * application has guesses of its own, whatever else the request says, and they outlive a restart.
 */

import { readBuckets, takeGuess, type BucketTimes } from '../store/brain-key-guesses.ts';
import type { Store } from '../store/store.ts';
import { serviceError } from './errors.ts';
import { checkIdentity } from './identities.ts';
import type { Caller } from './tokens.ts';

export interface GuessLimits {
  /** Guesses that may be made at once. */
  readonly burst: number;
  /** How long it takes for one of them to come back. Clients wait 2000 before they ask again. */
  readonly refillMilliseconds: number;
  /** Guesses in the long run; they come back evenly over the day. */
  readonly perDay: number;
}

export const DEFAULT_GUESS_LIMITS: GuessLimits = { burst: 20, refillMilliseconds: 1900, perDay: 200 };

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Counts a guess; it is on disk when this resolves. @throws `brain-key/too-many-guesses`, `identity/wrong` */
export async function countGuess(
  store: Store,
  { caller, limits, now }: { readonly caller: Caller; readonly limits: GuessLimits; readonly now: number },
): Promise<void> {
  checkIdentity(caller.identity);
  const { perGuess, toFill } = bucketTimes(limits);
  const options = { ...caller, now, perGuess, toFill };
  // A refusal is returned and not thrown, which would undo what it has found out about the clock.
  const waitMilliseconds = await store.transact(async (transaction) => {
    if (await takeGuess(transaction, options)) return 0;
    const fullAt = await readBuckets(transaction, options);
    const waits = (['burst_full_at', 'day_full_at'] as const).map(
      (bucket) => fullAt[bucket] + perGuess[bucket] - toFill[bucket] - now,
    );
    return Math.max(...waits, 1);
  });
  if (waitMilliseconds > 0) {
    throw serviceError('brain-key/too-many-guesses', { retryAfterSeconds: Math.ceil(waitMilliseconds / 1000) });
  }
}

function bucketTimes(limits: GuessLimits): { readonly perGuess: BucketTimes; readonly toFill: BucketTimes } {
  const perDayGuess = Math.ceil(DAY_MILLISECONDS / limits.perDay);
  return {
    perGuess: { burst_full_at: limits.refillMilliseconds, day_full_at: perDayGuess },
    toFill: { burst_full_at: limits.burst * limits.refillMilliseconds, day_full_at: limits.perDay * perDayGuess },
  };
}
