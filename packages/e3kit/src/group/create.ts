/** The beginning of a group: its first ticket, for all who take part. */
import type { Card } from '@sotto/core';
import { GroupTicketAlreadyExistsError, newestTicket, startSession } from '@sotto/core/group';
import type { Session } from '../session.ts';
import { requireAccepted } from '../use-cases/encrypt.ts';
import { requireCount } from './participants.ts';
import type { GroupState } from './state.ts';
import { placeOf, sealTicket, shareSettled } from './tickets.ts';

export interface CreateOptions {
  readonly sessionId: Uint8Array;
  readonly cards: ReadonlyMap<string, Card>;
  readonly signal?: AbortSignal | undefined;
}

/** @throws `group/participants-count`, GroupTicketAlreadyExistsError, MissingPrivateKeyError, `users/key-not-accepted` (strict) */
export async function createGroup(session: Session, { sessionId, cards, signal }: CreateOptions): Promise<GroupState> {
  const initiator = session.identity;
  const others = new Map([...cards, ...session.alsoFor.map((card) => [card.identity, card] as const)]);
  const participants = new Set([initiator, ...others.keys()]);
  requireCount(participants);
  if (session.isStrict) await requireAccepted(session, [...others.values()]);
  const state = { session: startSession(session.provider, sessionId), initiator, participants: [...participants] };
  if (await shareNewEpoch(session, state, { cards: others, signal })) return state;
  throw new GroupTicketAlreadyExistsError();
}

/**
 * Shares the newest ticket of `state` with those who take part, as a record that is not there yet; whether it was not. `cards` are of all
 * of them but oneself.
 */
export async function shareNewEpoch(
  session: Session,
  state: GroupState,
  { cards, signal }: Omit<CreateOptions, 'sessionId'>,
): Promise<boolean> {
  const ticket = newestTicket(state.session);
  const readers = [...cards.values()].map(({ publicKey }) => publicKey);
  const value = await sealTicket(session, ticket, readers);
  const ref = { sessionId: ticket.sessionId, initiator: state.initiator };
  return shareSettled(placeOf(session, ref, ticket.epoch), value, { identities: state.participants, signal });
}
