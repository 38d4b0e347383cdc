/** The lookup of the 2019 article: public keys by identity, errors gathered per identity. New code uses `findUsers`. */
import type { PublicKey } from '@sotto/core';
import { clientError, MultipleCardsError, RowError } from '../errors.ts';
import { setOwn } from '../records.ts';
import { isOutage } from '../service-client.ts';
import type { Session } from '../session.ts';
import { findCachedUsers, searchUsers } from './find-users.ts';

/** In `LookupError.lookupResult`: nobody by that identity. */
export class LookupNotFoundError extends RowError {
  readonly identity: string;

  constructor(identity: string) {
    super('LookupNotFoundError', 'users/not-found', { details: { identities: [identity] } });
    this.identity = identity;
  }
}

export type LookupResult = Record<string, PublicKey>;
export type LookupResultWithErrors = Record<string, PublicKey | LookupNotFoundError | MultipleCardsError>;

/** `lookupPublicKeys` found not all: `lookupResult` has a key or an error for each identity. */
export class LookupError extends RowError {
  readonly lookupResult: LookupResultWithErrors;

  constructor(lookupResult: LookupResultWithErrors) {
    super('LookupError', 'users/lookup-failed', { details: { identities: Object.keys(lookupResult) } });
    this.lookupResult = lookupResult;
  }
}

/** @throws LookupError if not all were found; `users/none-given`, `users/repeated` */
export async function lookupPublicKeys(
  session: Session,
  identities: readonly string[],
  signal?: AbortSignal,
): Promise<LookupResult> {
  if (identities.length === 0) throw clientError('users/none-given');
  if (new Set(identities).size !== identities.length) throw clientError('users/repeated');
  const keys = await findKeys(session, identities, signal);
  if (Object.values(keys).some((value) => value instanceof Error)) throw new LookupError(keys);
  return keys as Record<string, PublicKey>;
}

async function findKeys(
  session: Session,
  identities: readonly string[],
  signal?: AbortSignal,
): Promise<LookupResultWithErrors> {
  const keys: LookupResultWithErrors = {};
  try {
    for (const [identity, [card, ...others]] of await searchUsers(session, identities, signal)) {
      if (!card) setOwn(keys, identity, new LookupNotFoundError(identity));
      else setOwn(keys, identity, others.length > 0 ? new MultipleCardsError(identity) : card.publicKey);
    }
  } catch (error) {
    if (!isOutage(error)) throw error;
    const known = await findCachedUsers(session, identities).catch(() => {
      throw error;
    });
    for (const [identity, card] of known) setOwn(keys, identity, card.publicKey);
  }
  return keys;
}
