/** Who is calling: the checks on a token, in the order that lets only an otherwise good one be told that it expired. */

import { parseToken, verifyToken, type CryptoProvider } from '@sotto/core';
import { findActivePublicKey } from '../store/applications.ts';
import type { Queryable } from '../store/store.ts';
import { serviceError } from './errors.ts';
import type { ReadPublicKey } from './public-keys.ts';

export interface Caller {
  readonly appId: string;
  readonly identity: string;
}

/** The clocks of a backend and of the service differ; a token that is over for so long is still taken. */
const LEEWAY_SECONDS = 5;

/**
 * Tells whose token it is. The App Key is looked up each time, so that a revocation holds from the next request on.
 * @throws `token/malformed`, `token/wrong-header`, `token/wrong-claims`, `token/unknown-key`, `token/bad-signature`,
 * `token/expired`
 */
export async function authenticate(
  text: string,
  options: {
    readonly db: Queryable;
    readonly provider: CryptoProvider;
    readonly readPublicKey: ReadPublicKey;
    /** Milliseconds since 1970. */
    readonly now: number;
  },
): Promise<Caller> {
  const token = parseToken(text);
  if (!isMintedId(token.appId) || !isMintedId(token.appKeyId)) throw serviceError('token/unknown-key');
  const publicKey = await findActivePublicKey(options.db, token);
  if (publicKey === undefined) throw serviceError('token/unknown-key');
  await verifyToken(options.provider, token, {
    publicKey: options.readPublicKey(publicKey),
    now: options.now / 1000,
    leewaySeconds: LEEWAY_SECONDS,
  });
  return { appId: token.appId, identity: token.identity };
}

/** Ids of applications and keys are hex that we made; anything else is not worth a query. */
function isMintedId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}
