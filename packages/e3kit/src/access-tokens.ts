/**
 * The token with which the client shows the service who it is: fetched from the app's backend, kept while it is fresh,
 * renewed before it expires. Freshness goes by the time since it arrived and by how long it is valid, so that a wrong
 * clock on the device does no harm.
 */
import { isSdkError, parseToken, type Token } from '@sotto/core';
import { clientError } from './errors.ts';
import type { Clock } from './ports.ts';

/** What the official client calls an access token provider. */
export interface AccessTokenProvider {
  getToken(context: TokenContext): Promise<{ toString(): string }>;
}

export interface TokenContext {
  readonly service: string;
  readonly operation: string;
  readonly identity?: string;
  readonly forceReload: boolean;
}

export interface AccessTokens {
  /** A token that is believed to be fresh. @throws `token/unavailable`, `token/unusable`, `token/other-identity` */
  get(): Promise<Token>;
  /** A newer one than `used`, which was refused: the one that another call has fetched since, or else a new one. */
  renew(used: Token): Promise<Token>;
}

/** A token is renewed when this much of its time is left, or a tenth of it if that is less. */
const MARGIN_SECONDS = 30;

export function createAccessTokens(fetchToken: (forceReload: boolean) => Promise<unknown>, clock: Clock): AccessTokens {
  let kept: { readonly token: Token; readonly staleAt: number } | undefined;
  let pending: Promise<Token> | undefined;

  const load = async (forceReload: boolean): Promise<Token> => {
    const askedAt = clock();
    const token = await readToken(() => fetchToken(forceReload));
    if (kept && (kept.token.identity !== token.identity || kept.token.appId !== token.appId)) {
      throw clientError('token/other-identity');
    }
    const ttl = Math.max(0, token.expiresAt - token.issuedAt);
    kept = { token, staleAt: askedAt + (ttl - Math.min(MARGIN_SECONDS, ttl / 10)) * 1000 };
    return token;
  };
  const loadOnce = (forceReload: boolean): Promise<Token> => {
    pending ??= load(forceReload).finally(() => {
      pending = undefined;
    });
    return pending;
  };
  return {
    get: async () => (kept && clock() < kept.staleAt ? kept.token : loadOnce(kept !== undefined)),
    renew: async (used) => (kept && kept.token !== used ? kept.token : loadOnce(true)),
  };
}

async function readToken(fetchToken: () => Promise<unknown>): Promise<Token> {
  let answer: unknown;
  try {
    answer = await fetchToken();
  } catch (cause) {
    throw clientError('token/unavailable', { cause });
  }
  // The official client hands tokens around as objects that print as their text.
  const text = typeof answer === 'object' ? (answer as { toString(): string } | null)?.toString() : answer;
  if (typeof text !== 'string') throw clientError('token/unusable');
  try {
    return parseToken(text);
  } catch (error) {
    if (isSdkError(error)) throw clientError('token/unusable', { cause: error });
    throw error;
  }
}
