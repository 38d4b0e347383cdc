/** Tokens that let a user talk to the service; made by the app's backend with its App Key (docs: service API, JWT). */
import { type CryptoProvider, issueToken, type PrivateKey } from '@sotto/core';
import { authError } from './errors.ts';
import { parseIdentity } from './identity.ts';

/** What official backends use. A client fetches a new token by itself when one has expired. */
const DEFAULT_TTL_SECONDS = 20 * 60;

export interface AppKeySettings {
  readonly appId: string;
  readonly appKeyId: string;
  readonly appKey: PrivateKey;
}

export interface TokenIssuer {
  /**
   * A token (JWT, `alg` VEDS512) for `identity`, good for `ttlSeconds` (20 minutes by default).
   * @throws `auth/bad-identity`, `auth/bad-lifetime`
   */
  issue(identity: string, options?: IssueOptions): Promise<string>;
}

export interface IssueOptions {
  readonly ttlSeconds?: number;
  /** Goes into the token as `ada`, for the app's own use. */
  readonly additionalData?: Readonly<Record<string, string>>;
}

/**
 * Issues tokens of one application.
 *
 * ```ts
 * const { app } = await readEnv(nodeProvider, process.env)
 * const issuer = createTokenIssuer({ provider: nodeProvider, ...app })
 * const virgilToken = await issuer.issue('alice')
 * ```
 */
export function createTokenIssuer(
  options: AppKeySettings & { readonly provider: CryptoProvider; readonly now?: () => number },
): TokenIssuer {
  const { provider, appId, appKeyId, appKey, now = Date.now } = options;
  return {
    async issue(identity, { ttlSeconds = DEFAULT_TTL_SECONDS, additionalData } = {}) {
      if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) throw authError('auth/bad-lifetime');
      return issueToken(provider, {
        appId,
        appKeyId,
        appKey,
        identity: parseIdentity(identity),
        issuedAt: Math.floor(now() / 1000),
        ttlSeconds,
        additionalData,
      });
    },
  };
}
