/** Who is calling: the checks on a token, in the order that lets only an otherwise good one be told that it expired. */

import { createHash } from 'node:crypto';
import {
  base64ToBytes,
  importPublicKey,
  isExpired,
  parseToken,
  verifyToken,
  type CryptoProvider,
  type PublicKey,
  type Token,
} from '@sotto/core';
import { findActivePublicKey } from '../store/applications.ts';
import type { Queryable } from '../store/store.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { serviceError } from './errors.ts';

export interface Caller {
  readonly appId: string;
  readonly identity: string;
}

/**
 * Tells whose token it is; `now` is in milliseconds since 1970. The App Key is looked up each time, so that a revocation holds
 * from the next request on.
 * @throws `token/malformed`, `token/wrong-header`, `token/wrong-claims`, `token/unknown-key`, `token/bad-signature`,
 * `token/expired`
 */
export type Authenticate = (text: string, now: number) => Promise<Caller>;

/** The clocks of a backend and of the service differ; a token that is over for so long is still taken. */
const LEEWAY_SECONDS = 5;

/** Kept in memory as keys; a process that serves more of them imports some again, at the price of a signature check. */
const KNOWN_APP_KEYS = 1000;

/** Tokens are shown again and again for as long as they last. One takes about half a kilobyte here. */
const KNOWN_TOKENS = 10_000;

/** What is kept of a verified token: nothing that could be shown to a service again. */
interface KnownToken {
  readonly claims: Pick<Token, 'appId' | 'appKeyId' | 'identity' | 'expiresAt'>;
  /** The App Key that its signature was checked with. */
  readonly publicKey: string;
}

export function createAuthenticator({
  db,
  provider,
}: {
  readonly db: Queryable;
  readonly provider: CryptoProvider;
}): Authenticate {
  const knownTokens = createBoundedCache<KnownToken>({ capacity: KNOWN_TOKENS });
  const knownAppKeys = createBoundedCache<PublicKey>({ capacity: KNOWN_APP_KEYS });

  const readAppKey = (publicKey: string): PublicKey => {
    const key = knownAppKeys.get(publicKey) ?? importPublicKey(base64ToBytes(publicKey));
    knownAppKeys.set(publicKey, key);
    return key;
  };

  const verify = async (text: string, claims: KnownToken['claims'], publicKey: string, now: number): Promise<void> => {
    await verifyToken(provider, { text, expiresAt: claims.expiresAt }, { publicKey: readAppKey(publicKey), now });
    const { appId, appKeyId, identity, expiresAt } = claims;
    knownTokens.set(hashToken(text), { claims: { appId, appKeyId, identity, expiresAt }, publicKey });
  };

  return async (text, now) => {
    const known = knownTokens.get(hashToken(text));
    const claims = known?.claims ?? parseToken(text);
    if (!isMintedId(claims.appId) || !isMintedId(claims.appKeyId)) throw serviceError('token/unknown-key');
    const publicKey = await findActivePublicKey(db, claims);
    if (publicKey === undefined) throw serviceError('token/unknown-key');
    const earliest = now / 1000 - LEEWAY_SECONDS;
    if (known?.publicKey !== publicKey) await verify(text, claims, publicKey, earliest);
    if (isExpired(claims, earliest)) throw serviceError('token/expired');
    return { appId: claims.appId, identity: claims.identity };
  };
}

function hashToken(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Ids of applications and keys are hex that we made; anything else is not worth a query. */
function isMintedId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}
