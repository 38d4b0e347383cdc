/** Finding users: their cards, verified, current. Falls back to what this device has seen while the service is away. */
import { type Card, coreError } from '@sotto/core';
import { ArgumentError, CLIENT_ERRORS, UsersFoundWithMultipleCardsError, UsersNotFoundError } from '../errors.ts';
import { isOutage } from '../service-client.ts';
import type { Session } from '../session.ts';

/**
 * The current card of each identity, in the order given, each once.
 * @throws UsersNotFoundError, UsersFoundWithMultipleCardsError, ArgumentError (`users/none-given`), `card/*`, and what the service throws
 */
export async function findUsers(
  session: Session,
  identities: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Card>> {
  const wanted = [...new Set(identities)];
  if (wanted.length === 0) throw nobodyGiven();
  const cards = new Map<string, Card>();
  if (session.cardMaxAgeSeconds > 0) await takeFresh(session, wanted, cards);
  const missing = wanted.filter((identity) => !cards.has(identity));
  if (missing.length > 0) {
    for (const [identity, card] of await askService(session, missing, signal)) cards.set(identity, card);
  }
  return new Map(wanted.map((identity) => [identity, cards.get(identity)!]));
}

/** What this device has seen of these users, asking nobody. @throws UsersNotFoundError for those it has not */
export async function findCachedUsers(session: Session, identities: readonly string[]): Promise<Map<string, Card>> {
  const wanted = [...new Set(identities)];
  if (wanted.length === 0) throw nobodyGiven();
  const known = await Promise.all(wanted.map((identity) => session.knownUsers.get(identity)));
  const unknown = wanted.filter((_, index) => known[index] === undefined);
  if (unknown.length > 0) throw new UsersNotFoundError(unknown);
  return new Map(wanted.map((identity, index) => [identity, known[index]!.card]));
}

/** All current cards of each identity: for calls that report their own errors. */
export async function searchUsers(
  session: Session,
  identities: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Card[]>> {
  const found = await session.directory.search(identities, signal);
  const cards = [...found.values()].flatMap(([card, ...others]) => (card && others.length === 0 ? [card] : []));
  for (const { publicKey, identity } of cards) {
    if (!publicKey.canEncrypt) throw coreError('card/unsupported-key', { details: { identity } });
  }
  for (const change of await session.knownUsers.notice(cards)) session.onKeyChanged(change);
  return found;
}

function nobodyGiven(): ArgumentError {
  return new ArgumentError(CLIENT_ERRORS['users/none-given'].message, 'users/none-given');
}

async function askService(
  session: Session,
  identities: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Card>> {
  let found: Map<string, Card[]>;
  try {
    found = await searchUsers(session, identities, signal);
  } catch (error) {
    if (!isOutage(error)) throw error;
    return findDuringOutage(session, identities, error);
  }
  const absent = identities.filter((identity) => found.get(identity)!.length === 0);
  if (absent.length > 0) throw new UsersNotFoundError(absent);
  const ambiguous = identities.filter((identity) => found.get(identity)!.length > 1);
  if (ambiguous.length > 0) throw new UsersFoundWithMultipleCardsError(ambiguous);
  return new Map(identities.map((identity) => [identity, found.get(identity)![0]!]));
}

/** All or nothing: the error of the service stands where one user was never seen here. */
async function findDuringOutage(
  session: Session,
  identities: readonly string[],
  outage: unknown,
): Promise<Map<string, Card>> {
  const known = await Promise.all(identities.map((identity) => session.knownUsers.get(identity)));
  if (known.includes(undefined)) throw outage;
  return new Map(identities.map((identity, index) => [identity, known[index]!.card]));
}

async function takeFresh(session: Session, identities: readonly string[], cards: Map<string, Card>): Promise<void> {
  const oldest = session.clock() - session.cardMaxAgeSeconds * 1000;
  const known = await Promise.all(identities.map((identity) => session.knownUsers.get(identity)));
  for (const user of known) if (user && user.confirmedAt >= oldest) cards.set(user.card.identity, user.card);
}
