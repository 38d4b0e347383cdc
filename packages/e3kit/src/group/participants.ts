/** Who takes part in a group: what callers and the service say about it, checked. */
import { type Card, PublicKey } from '@sotto/core';
import { GroupError } from '@sotto/core/group';
import { isVerifiedCard } from '../directory.ts';
import { ArgumentError } from '../errors.ts';
import { requireReader } from '../use-cases/encrypt.ts';

/** One card, or what `findUsers` gives for several. */
export type GroupMembers = Card | Readonly<Record<string, Card>>;

const MAX_PARTICIPANTS = 100;

/** The cards by identity. @throws ArgumentError for what is no card of this client */
export function cardsByIdentity(members: GroupMembers | undefined): Map<string, Card> {
  if (members === undefined || members === null) return new Map();
  if (typeof members !== 'object') throw new ArgumentError('Pass cards from findUsers(), no names.');
  const cards = isVerifiedCard(members) ? [members] : Object.values(members);
  return new Map(cards.map(requireCard).map((card) => [card.identity, card]));
}

/** @throws ArgumentError */
export function requireCard(value: unknown): Card {
  const reader = requireReader(value);
  if (reader instanceof PublicKey)
    throw new ArgumentError('Pass a card from findUsers(): a key does not say whose it is.');
  return reader;
}

/** @throws `group/participants-count` */
export function requireCount(participants: ReadonlySet<string>): void {
  if (participants.size > MAX_PARTICIPANTS) {
    throw new GroupError('group/participants-count', { details: { count: participants.size } });
  }
}

/** The list of the service, if it can be one. @throws `group/bad-participants` */
export function requireParticipants(identities: readonly string[], wanted: readonly string[]): readonly string[] {
  const participants = new Set(identities);
  const isGood = participants.size === identities.length && wanted.every((identity) => participants.has(identity));
  if (!isGood) throw new GroupError('group/bad-participants');
  return identities;
}
