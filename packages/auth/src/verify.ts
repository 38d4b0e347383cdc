/** Checks the tokens of `issue.ts`: for a server of the app that takes the same token as its clients show the service. */
import { type CryptoProvider, parseToken, type PublicKey, verifyToken } from '@sotto/core';
import { authError } from './errors.ts';

export interface VerifiedToken {
  readonly identity: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export interface TokenVerifier {
  /**
   * Who the token speaks for.
   * @throws `token/malformed`, `token/wrong-header`, `token/wrong-claims`, `auth/foreign-token`,
   * `token/bad-signature`; `token/expired` only for a token that is otherwise good.
   */
  verify(text: string): Promise<VerifiedToken>;
}

/** Verifies tokens of one application; `publicKeys` holds the public halves of its App Keys by App Key id. */
export function createTokenVerifier(options: {
  readonly provider: CryptoProvider;
  readonly appId: string;
  readonly publicKeys: ReadonlyMap<string, PublicKey>;
  readonly now?: () => number;
}): TokenVerifier {
  const { provider, appId, publicKeys, now = Date.now } = options;
  return {
    async verify(text) {
      const token = parseToken(text);
      const publicKey = publicKeys.get(token.appKeyId);
      if (token.appId !== appId || publicKey === undefined) throw authError('auth/foreign-token');
      await verifyToken(provider, token, { publicKey, now: Math.floor(now() / 1000) });
      return { identity: token.identity, expiresAt: token.expiresAt };
    },
  };
}
