/** Fetching a group from the service: all of it, or what this device does not have yet. */
import type { Card, PublicKey } from '@sotto/core';
import { joinTickets, newestTicket } from '@sotto/core/group';
import { keysOf } from '../key-ring.ts';
import type { Session } from '../session.ts';
import { requireAccepted } from '../use-cases/encrypt.ts';
import { findUsers } from '../use-cases/find-users.ts';
import { mapInTurns } from './in-turns.ts';
import { type GroupRef, type GroupState, refOf } from './state.ts';
import { listEpochs, type PulledTicket, type PullOptions, pullTicket } from './tickets.ts';

/**
 * The group as the service has it. @throws `group/not-found`, `group/no-access`, `group/forged-ticket`, `group/misplaced-ticket`,
 *   `group/bad-participants`, `users/key-not-accepted` (strict), and what the service throws
 */
export async function fetchGroup(
  session: Session,
  { sessionId, initiator, signal }: FetchOptions,
): Promise<GroupState> {
  const ref = { sessionId, initiator: initiator.identity };
  const epochs = await listEpochs(session, ref, signal);
  const signers = await keysOfInitiator(session, initiator);
  const pulled = await pullAll(session, epochs, { ref, signers, signal });
  return toState(ref, pulled, []);
}

export interface FetchOptions extends Pick<GroupRef, 'sessionId'> {
  readonly initiator: Card;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The group with the epochs that came since, and with whoever takes part now. The newest ticket of both sides is compared, so that a
 * group made anew under the same id is not taken for this one.
 * @throws `group/conflicting-tickets`, and as `fetchGroup`
 */
export async function refreshGroup(session: Session, state: GroupState, signal?: AbortSignal): Promise<GroupState> {
  const ref = refOf(state);
  const epochs = await listEpochs(session, ref, signal);
  const { tickets } = state.session;
  const known = new Set(tickets.map(({ epoch }) => epoch));
  const newest = [newestTicket(state.session).epoch, epochs.at(-1)];
  const wanted = epochs.filter((epoch) => !known.has(epoch) || newest.includes(epoch));
  const signers = await keysOfInitiator(session, await findInitiator(session, ref, signal));
  const pulled = await pullAll(session, wanted, { ref, signers, signal });
  return toState(ref, pulled, tickets);
}

/** Oneself is not looked up: the keys at hand say more than the service. */
async function findInitiator(
  session: Session,
  { initiator }: GroupRef,
  signal: AbortSignal | undefined,
): Promise<Card | undefined> {
  return initiator === session.identity ? undefined : (await findUsers(session, [initiator], signal)).get(initiator);
}

/** The key of the initiator and all former ones, as tickets are not signed anew when it is replaced. */
async function keysOfInitiator(session: Session, initiator: Card | undefined): Promise<PublicKey[]> {
  const keys: PublicKey[] = [];
  if (!initiator || initiator.identity === session.identity) {
    keys.push(...keysOf(await session.keys.reload()).map(({ publicKey }) => publicKey));
  } else if (session.isStrict) await requireAccepted(session, [initiator]);
  for (let card = initiator; card; card = card.previousCard) keys.push(card.publicKey);
  return keys.filter(({ canSign }) => canSign);
}

async function pullAll(session: Session, epochs: readonly number[], options: PullOptions): Promise<PulledTicket[]> {
  return mapInTurns(epochs, (epoch) => pullTicket(session, { ...options, epoch }));
}

/** Who takes part is what the newest record says. */
function toState(ref: GroupRef, pulled: readonly PulledTicket[], known: GroupState['session']['tickets']): GroupState {
  const { participants } = pulled.at(-1)!;
  const session = joinTickets(ref.sessionId, [...known, ...pulled.map(({ ticket }) => ticket)]);
  return { session, initiator: ref.initiator, participants };
}
