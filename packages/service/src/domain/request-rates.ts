/**
 * How many requests a node answers: to one address, to one identity of an application, and to one application as a whole.
 * Counted in the memory of the node, since it protects that node; what protects passwords and storage is in the database
 * (`guesses.ts`, `quotas.ts`).
 */

import { createHash } from 'node:crypto';
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { serviceError } from './errors.ts';
import type { Caller } from './tokens.ts';

/** Requests in each second; undefined for no limit. Ten times as many more may come in a minute, in whichever seconds. */
export interface RequestRates {
  readonly address: number | undefined;
  readonly identity: number | undefined;
  readonly application: number | undefined;
}

export const DEFAULT_REQUEST_RATES: RequestRates = { address: 500, identity: 100, application: 2000 };

export type RateKind = keyof RequestRates;

export const RATE_KINDS: readonly RateKind[] = ['address', 'identity', 'application'];

/** Each rejects with `request/too-many`. */
export interface RateLimits {
  /** Counts a request by where it came from. */
  countAddress(address: string): Promise<void>;
  /** Counts a request by whose token it has. */
  countCaller(caller: Caller): Promise<void>;
  /** Counts a token that is nobody's: it has cost a signature check, and who sends one sends many. Never rejects. */
  countRefusedToken(address: string): Promise<void>;
}

/** As many requests as a refused token counts for, beside the one that it came with. */
const REFUSED_TOKEN_COST = 9;

/** How far requests may go beyond the rate, and how soon they may again. */
const BURST_FACTOR = 10;
const BURST_SECONDS = 60;

/** Longer identities are counted under their hash: a token may hold one of many kilobytes. */
const LONGEST_KEY = 100;

export function createRateLimits(rates: RequestRates, onRefusal: (kind: RateKind) => void = () => {}): RateLimits {
  const takeFromAddress = createLimiter(rates.address);
  const createCount = (kind: RateKind, take = createLimiter(rates[kind])) => {
    return async (key: string): Promise<void> => {
      const waitMilliseconds = await take(key, 1);
      if (waitMilliseconds === 0) return;
      onRefusal(kind);
      throw serviceError('request/too-many', { retryAfterSeconds: Math.ceil(waitMilliseconds / 1000) });
    };
  };
  const countAddress = createCount('address', takeFromAddress);
  const countIdentity = createCount('identity');
  const countApplication = createCount('application');
  return {
    countAddress: (address) => countAddress(address),
    async countCaller({ appId, identity }) {
      // First, so that what one user is refused is not taken from the others.
      await countIdentity(identityKey(appId, identity));
      await countApplication(appId);
    },
    async countRefusedToken(address) {
      await takeFromAddress(address, REFUSED_TOKEN_COST);
    },
  };
}

/** Milliseconds until there is room again, 0 if there was. */
type Take = (key: string, cost: number) => Promise<number>;

/**
 * Counts in windows of a second, and in windows of a minute what goes beyond. So memory holds no more keys than this node
 * answers requests in a second, and no more of those that went beyond than a minute has room for: whoever attacks from many
 * addresses fills no table.
 */
function createLimiter(perSecond: number | undefined): Take {
  if (perSecond === undefined) return async () => 0;
  const limiter = new BurstyRateLimiter(
    new RateLimiterMemory({ points: perSecond, duration: 1 }),
    new RateLimiterMemory({ points: perSecond * BURST_FACTOR, duration: BURST_SECONDS }),
  );
  return async (key, cost) => {
    try {
      await limiter.consume(key, cost);
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 1);
      throw refusal;
    }
  };
}

function identityKey(appId: string, identity: string): string {
  if (identity.length <= LONGEST_KEY) return `${appId}:${identity}`;
  return `${appId}#${createHash('sha256').update(identity).digest('base64')}`;
}
