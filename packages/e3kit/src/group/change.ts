/**
 * Changing who takes part. Every verb can be repeated: what was done already is left as it is, and what another device of the initiator
 * does at the same time is taken over. Source: docs/spec/groups.md §4.
 */
import type { Card } from '@sotto/core';
import { addEpoch, GroupError, type Ticket } from '@sotto/core/group';
import { keyError } from '../key-errors.ts';
import { resetKeyknoxPath } from '../keyknox.ts';
import type { Session } from '../session.ts';
import { requireAccepted } from '../use-cases/encrypt.ts';
import { findUsers } from '../use-cases/find-users.ts';
import { shareNewEpoch } from './create.ts';
import { mapInTurns } from './in-turns.ts';
import { refreshGroup } from './load.ts';
import { requireCount } from './participants.ts';
import { type GroupState, refOf } from './state.ts';
import { isEmpty, pathOf, placeOf, sealTicket, shareSettled } from './tickets.ts';

const MAX_TRIES = 5;

export interface ChangeOptions {
  readonly cards: ReadonlyMap<string, Card>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives all tickets to users who do not take part yet, so that they read the past too. Who takes part is left as they are.
 * @throws `group/permission-denied`, `group/invalid-change`, `group/participants-count`, `users/key-not-accepted` (strict)
 */
export async function addMembers(session: Session, state: GroupState, options: ChangeOptions): Promise<GroupState> {
  requireInitiator(session, state);
  const { cards } = options;
  if (cards.size === 0) throw new GroupError('group/invalid-change');
  return shareAllTickets(session, state, { ...options, isFor: ({ identity }, present) => !present.includes(identity) });
}

/**
 * Gives all tickets once more to a member, for the key of this card.
 * @throws `group/permission-denied`, `group/invalid-change` (no member), `users/key-not-accepted` (strict)
 */
export async function reAddMember(session: Session, state: GroupState, options: ChangeOptions): Promise<GroupState> {
  requireInitiator(session, state);
  const isMember = [...options.cards.keys()].every((identity) => state.participants.includes(identity));
  if (!isMember || options.cards.has(session.identity)) throw new GroupError('group/invalid-change');
  return shareAllTickets(session, state, { ...options, isFor: () => true });
}

/**
 * Begins an epoch without these users, and takes them out of the former ones. Their own copies of former tickets they keep.
 * @throws `group/permission-denied`, `group/invalid-change`, `group/participants-changed` (the service names some whom this device did
 *   not know of; nothing was sealed for them), `group/added-meanwhile`, UsersNotFoundError for members without a card
 */
export async function removeMembers(
  session: Session,
  state: GroupState,
  { identities, signal }: { readonly identities: ReadonlySet<string>; readonly signal?: AbortSignal | undefined },
): Promise<GroupState> {
  requireInitiator(session, state);
  if (identities.size === 0 || identities.has(session.identity)) throw new GroupError('group/invalid-change');
  const next = await settle(async () => {
    const current = await refreshGroup(session, state, signal);
    requireKnown(state, current.participants, 'group/participants-changed');
    const participants = current.participants.filter((identity) => !identities.has(identity));
    if (participants.length === current.participants.length) return current;
    const begun = { ...current, session: addEpoch(session.provider, current.session), participants };
    const cards = await findMembers(session, participants, signal);
    if (!(await shareNewEpoch(session, begun, { cards, signal }))) return undefined;
    return begun;
  });
  const path = pathOf(state.session.sessionId);
  await mapInTurns([...identities], (participant) => resetKeyknoxPath(session.service, path, { participant, signal }));
  await requireNobodyAddedMeanwhile(session, state, next, signal);
  return next;
}

interface ShareAllOptions extends ChangeOptions {
  /** Whether the user of this card gets a ticket of whose record `present` are the participants. */
  readonly isFor: (card: Card, present: readonly string[]) => boolean;
}

/** The newest ticket first: who is stopped on the way has the present rather than the past. */
async function shareAllTickets(session: Session, state: GroupState, options: ShareAllOptions): Promise<GroupState> {
  const { cards, signal } = options;
  if (session.isStrict) await requireAccepted(session, [...cards.values()]);
  const shared = new Set<number>();
  let current = await refreshGroup(session, state, signal);
  requireCount(new Set([...current.participants, ...cards.keys()])); // others may have come from another device
  return settle(async () => {
    const due = current.session.tickets.filter(({ epoch }) => !shared.has(epoch)).reverse();
    const [newest, ...older] = due;
    if (!newest) return current;
    await shareTicket(session, current, { ...options, ticket: newest });
    await mapInTurns(older, (ticket) => shareTicket(session, current, { ...options, ticket }));
    for (const { epoch } of due) shared.add(epoch);
    // Another device may have begun an epoch meanwhile, without these users.
    current = await refreshGroup(session, current, signal);
    return current.session.tickets.every(({ epoch }) => shared.has(epoch)) ? current : undefined;
  });
}

async function shareTicket(
  session: Session,
  state: GroupState,
  { ticket, cards, isFor, signal }: ShareAllOptions & { readonly ticket: Ticket },
): Promise<void> {
  const place = placeOf(session, refOf(state), ticket.epoch);
  await settle(async () => {
    const stored = await place.read(signal);
    if (isEmpty(stored)) throw new GroupError('group/not-found');
    const readers = [...cards.values()].filter((card) => isFor(card, stored.identities));
    if (readers.length === 0) return true;
    const publicKeys = readers.map(({ publicKey }) => publicKey);
    const value = await sealTicket(session, ticket, publicKeys);
    const identities = readers.map(({ identity }) => identity);
    return (await shareSettled(place, value, { identities, previousHash: stored.hash, signal })) || undefined;
  });
}

/** Tries until `attempt` has a result: it has none where another device of this user was first. @throws `keyknox/changed` */
async function settle<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw keyError('keyknox/changed');
}

function requireInitiator({ identity }: Session, { initiator }: GroupState): void {
  if (identity !== initiator) throw new GroupError('group/permission-denied');
}

/** All of the members but oneself. */
async function findMembers(
  session: Session,
  participants: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Card>> {
  const others = participants.filter((identity) => identity !== session.identity);
  if (others.length === 0) return new Map();
  const cards = await findUsers(session, others, signal);
  if (session.isStrict) await requireAccepted(session, [...cards.values()]);
  return cards;
}

/** The list of participants is not signed: whom the service has put there gets no ticket before the caller has seen their name. */
function requireKnown(
  { participants }: GroupState,
  listed: readonly string[],
  code: 'group/participants-changed' | 'group/added-meanwhile',
): void {
  const identities = listed.filter((identity) => !participants.includes(identity));
  if (identities.length > 0) throw new GroupError(code, { details: { identities } });
}

/** An addition by another device may have reached the former epoch after it was looked at, and does not know of the new one. */
async function requireNobodyAddedMeanwhile(
  session: Session,
  before: GroupState,
  after: GroupState,
  signal: AbortSignal | undefined,
): Promise<void> {
  const former = after.session.tickets.at(-2);
  if (!former) return;
  const { identities } = await placeOf(session, refOf(after), former.epoch).read(signal);
  requireKnown(before, identities, 'group/added-meanwhile');
}
