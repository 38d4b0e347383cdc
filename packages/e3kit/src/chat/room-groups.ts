/** The group of a large room: made once for those who are in it, and left for a new one when they change. */
import { type Card, isSdkError } from '@sotto/core';
import { groupIdToSessionId } from '@sotto/core/group';
import { createGroup } from '../group/create.ts';
import { fetchGroup, refreshGroup } from '../group/load.ts';
import { loadLocalGroup, saveLocalGroup } from '../group/local-groups.ts';
import type { GroupState } from '../group/state.ts';
import type { Session } from '../session.ts';
import type { Authors } from './authors.ts';
import { authorError } from './errors.ts';
import { findPeople } from './people.ts';
import { openInGroup, sealInGroup } from './shared-secrets.ts';
import type { Signer } from './signers.ts';

export interface RoomGroup {
  readonly initiator: string;
  /** Identities, the initiator's among them. */
  readonly participants: readonly string[];
  /** 32 bytes. */
  readonly sessionId: Uint8Array;
  encrypt(plaintext: Uint8Array): Promise<Uint8Array>;
  decrypt(message: Uint8Array, author: string): Promise<{ readonly plaintext: Uint8Array; readonly signer: Signer }>;
  /** Learns of epochs that came since. */
  update(options?: CallOptions): Promise<void>;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @throws `group/*`, MissingPrivateKeyError, and what the service throws */
export async function createRoomGroup(
  session: Session,
  authors: Authors,
  { groupId, members, signal }: { readonly groupId: Uint8Array; readonly members: readonly Card[] } & CallOptions,
): Promise<RoomGroup> {
  const cards = new Map(members.map((card) => [card.identity, card]));
  cards.delete(session.identity);
  const state = await createGroup(session, { sessionId: groupIdToSessionId(groupId), cards, signal });
  await saveLocalGroup(session, state);
  return toRoomGroup(session, authors, state);
}

/** As this device has it; from the service, if it has not. @throws `chat/unknown-sender`, `group/*`, and what the service throws */
export async function loadRoomGroup(
  session: Session,
  authors: Authors,
  { groupId, initiator, signal }: { readonly groupId: Uint8Array; readonly initiator: string } & CallOptions,
): Promise<RoomGroup> {
  const sessionId = groupIdToSessionId(groupId);
  const kept = await loadKept(session, sessionId);
  if (kept?.initiator === initiator) return toRoomGroup(session, authors, kept);
  const person = (await findPeople(session, [initiator], { signal })).get(initiator);
  if (!person) throw authorError('chat/unknown-sender', initiator);
  if (!person.isAccepted) throw authorError('chat/key-not-accepted', initiator);
  const state = await fetchGroup(session, { sessionId, initiator: person.card, signal });
  await saveLocalGroup(session, state);
  return toRoomGroup(session, authors, state);
}

/** One that cannot be read is loaded anew. */
async function loadKept(session: Session, sessionId: Uint8Array): Promise<GroupState | undefined> {
  try {
    return await loadLocalGroup(session, sessionId);
  } catch (error) {
    if (isSdkError(error, 'group/damaged-on-device')) return undefined;
    throw error;
  }
}

function toRoomGroup(session: Session, authors: Authors, first: GroupState): RoomGroup {
  let state = first;
  return {
    get initiator() {
      return state.initiator;
    },
    get participants() {
      return state.participants;
    },
    get sessionId() {
      return state.session.sessionId;
    },
    encrypt: (plaintext) => sealInGroup(session, state.session, plaintext),
    decrypt: (message, author) => openInGroup(session, authors, { group: state.session, message, author }),
    async update({ signal } = {}) {
      state = await refreshGroup(session, state, signal);
      await saveLocalGroup(session, state);
    },
  };
}
