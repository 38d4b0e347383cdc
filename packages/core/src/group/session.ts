/**
 * What a member knows of a group: the tickets of its epochs. A removal begins an epoch with a key that has nothing to do with the
 * former ones. State goes in and comes out new. Source: docs/spec/groups.md §2.
 */
import { sha512 } from '@noble/hashes/sha2.js';
import { equalBytes } from '../encoding/bytes.ts';
import type { CryptoProvider } from '../provider/port.ts';
import { GroupError } from './errors.ts';
import type { Ticket } from './message.ts';

export interface GroupSession {
  /** 32 bytes. */
  readonly sessionId: Uint8Array;
  /** One for each epoch that is known, ascending, at least one. */
  readonly tickets: readonly Ticket[];
}

type Random = Pick<CryptoProvider, 'randomBytes'>;

const MIN_GROUP_ID_LENGTH = 10;

/** The session id of the group that an app calls `groupId`, 32 bytes. @throws `group/id-too-short` */
export function groupIdToSessionId(groupId: Uint8Array): Uint8Array {
  if (groupId.length < MIN_GROUP_ID_LENGTH) throw new GroupError('group/id-too-short');
  return sha512(groupId).slice(0, 32);
}

/** A new group, in its epoch 0. */
export function startSession(provider: Random, sessionId: Uint8Array): GroupSession {
  return { sessionId, tickets: [{ sessionId, epoch: 0, key: provider.randomBytes(32) }] };
}

/** The session with one more epoch, under a key of its own. */
export function addEpoch(provider: Random, { sessionId, tickets }: GroupSession): GroupSession {
  const epoch = newestTicket({ tickets }).epoch + 1;
  return { sessionId, tickets: [...tickets, { sessionId, epoch, key: provider.randomBytes(32) }] };
}

/** The session of these tickets, in any order; the same one twice counts once. @throws `group/conflicting-tickets`, `group/misplaced-ticket` */
export function joinTickets(sessionId: Uint8Array, tickets: readonly Ticket[]): GroupSession {
  const byEpoch = new Map<number, Ticket>();
  for (const ticket of tickets) {
    if (!equalBytes(ticket.sessionId, sessionId)) throw new GroupError('group/misplaced-ticket');
    const known = byEpoch.get(ticket.epoch);
    if (known && !equalBytes(known.key, ticket.key)) throw new GroupError('group/conflicting-tickets');
    byEpoch.set(ticket.epoch, ticket);
  }
  return { sessionId, tickets: [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch) };
}

/** That of the epoch in which new messages are written. */
export function newestTicket({ tickets }: Pick<GroupSession, 'tickets'>): Ticket {
  return tickets.at(-1)!;
}

export function findTicket({ tickets }: GroupSession, epoch: number): Ticket | undefined {
  return tickets.find((ticket) => ticket.epoch === epoch);
}
