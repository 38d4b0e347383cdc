/** Whom a chat may write to: the verified cards of those who have one, and what this user has made of them. */
import { type Card, isSdkError } from '@sotto/core';
import { isOutage } from '../service-client.ts';
import type { Session } from '../session.ts';
import { searchUsers } from '../use-cases/find-users.ts';
import { isVerifiedKey } from '../verified-peers.ts';

export interface Person {
  readonly card: Card;
  /** False from a replaced or refused key until it is accepted. */
  readonly isAccepted: boolean;
  /** Whether this user has compared the key. */
  readonly isVerified: boolean;
}

export interface FindPeopleOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to ask the service for those, too, whom it has confirmed a short while ago. */
  readonly isFresh?: boolean | undefined;
}

/** A request for each message of a lively room would say little more. */
const CARD_MAX_AGE_SECONDS = 10;

/**
 * The people of a room, by identity; whoever has no card, or none that can be encrypted for, is left out. While the service is away,
 * those whom this device has seen, if it has seen all of them.
 */
export async function findPeople(
  session: Session,
  identities: readonly string[],
  { signal, isFresh = false }: FindPeopleOptions = {},
): Promise<Map<string, Person>> {
  const wanted = [...new Set(identities)];
  const stale = isFresh ? wanted : await listStale(session, wanted);
  const found = await confirm(session, stale, signal);
  return toPeople(
    session,
    wanted.filter((identity) => !stale.includes(identity) || found.has(identity)),
  );
}

async function listStale(session: Session, identities: readonly string[]): Promise<string[]> {
  const oldest = session.clock() - (session.cardMaxAgeSeconds || CARD_MAX_AGE_SECONDS) * 1000;
  const known = await Promise.all(identities.map((identity) => session.knownUsers.get(identity)));
  return identities.filter((_, index) => (known[index]?.confirmedAt ?? 0) < oldest);
}

/** Asks the service for these; the ones that it knows. During an outage all of them, if all were seen. */
async function confirm(session: Session, identities: readonly string[], signal?: AbortSignal): Promise<Set<string>> {
  if (identities.length === 0) return new Set();
  try {
    const cards = await searchUsers(session, identities, signal);
    return new Set(identities.filter((identity) => cards.get(identity)!.length === 1));
  } catch (error) {
    if (isSdkError(error, 'card/unsupported-key')) {
      const others = identities.filter((identity) => identity !== error.details['identity']);
      if (others.length < identities.length) return confirm(session, others, signal);
    }
    if (!isOutage(error)) throw error;
    const known = await Promise.all(identities.map((identity) => session.knownUsers.get(identity)));
    if (known.includes(undefined)) throw error;
    return new Set(identities);
  }
}

async function toPeople(session: Session, identities: readonly string[]): Promise<Map<string, Person>> {
  const peers = await session.verifiedPeers.find(identities);
  const people = new Map<string, Person>();
  for (const identity of identities) {
    const known = await session.knownUsers.get(identity);
    if (!known) continue;
    const { card, isAccepted } = known;
    const isVerified = await isVerifiedKey(session.provider, card, peers.get(identity));
    people.set(identity, { card, isAccepted, isVerified });
  }
  return people;
}
