/** What routes are given, and what the middleware before them leaves for them. */

import type { CryptoProvider } from '@sotto/core';
import type { Logger } from 'pino';
import type { BrainKeyComputer } from '../domain/brain-key.ts';
import type { GuessLimits } from '../domain/guesses.ts';
import type { Quotas } from '../domain/quotas.ts';
import type { RateLimits } from '../domain/request-rates.ts';
import type { ServiceKeys } from '../domain/service-key.ts';
import type { Authenticate, Caller } from '../domain/tokens.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds since 1970. */
export type Clock = () => number;

export interface Dependencies {
  readonly store: Store;
  readonly serviceKeys: ServiceKeys;
  readonly provider: CryptoProvider;
  readonly authenticate: Authenticate;
  readonly brainKeys: BrainKeyComputer;
  readonly guessLimits: GuessLimits;
  readonly quotas: Quotas;
  readonly rateLimits: RateLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Env {
  Bindings: {
    /** Absent where there is no connection, as in tests of an app alone. */
    incoming?: { readonly socket: { readonly remoteAddress?: string | undefined } };
  };
  Variables: {
    requestId: string;
    /** By which requests are counted. Set by `limitByAddress`. */
    clientAddress: string | undefined;
    /** Set by `requireToken`. */
    caller: Caller;
    /** The body once somebody has asked for it. */
    body: Promise<Uint8Array> | undefined;
  };
}
