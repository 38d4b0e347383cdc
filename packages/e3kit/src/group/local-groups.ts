/**
 * Groups on this device, each sealed by the own current key for itself. It opens by the key ring, so a replaced key closes nothing.
 * Source: docs/spec/groups.md §5.
 */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToHex,
  bytesToUtf8,
  isSdkError,
  open,
  seal,
  utf8ToBytes,
} from '@sotto/core';
import { encodeTicket, GroupError, joinTickets, parseTicket } from '@sotto/core/group';
import { MissingPrivateKeyError } from '../errors.ts';
import { keysOf } from '../key-ring.ts';
import type { Session } from '../session.ts';
import type { GroupState } from './state.ts';

/** The stored form, version 1. */
interface StoredGroup {
  readonly version: 1;
  readonly initiator: string;
  readonly participants: readonly string[];
  /** Base64. They say which group they are of, so that a file cannot stand for another. */
  readonly tickets: readonly string[];
}

/** @throws MissingPrivateKeyError, `storage/*` */
export async function saveLocalGroup(session: Session, state: GroupState): Promise<void> {
  const { provider, identifiers } = session;
  const { current } = await session.keys.get();
  if (!current) throw new MissingPrivateKeyError();
  const sealed = await seal(provider, {
    mode: 'signAndEncrypt',
    plaintext: encode(state),
    recipients: [current.publicKey],
    signer: current,
    identifiers,
  });
  const store = await session.openGroupStore();
  await store.save(session, bytesToHex(state.session.sessionId), sealed);
}

/**
 * Undefined where there is none, or one that is sealed for a key that this device does not have any more.
 * @throws `group/damaged-on-device`, `storage/*`
 */
export async function loadLocalGroup(session: Session, sessionId: Uint8Array): Promise<GroupState | undefined> {
  const store = await session.openGroupStore();
  const message = await store.load(session, bytesToHex(sessionId));
  if (!message) return undefined;
  const keys = keysOf(await session.keys.reload());
  const signers = keys.map(({ publicKey }) => publicKey);
  try {
    const { plaintext } = await open(session.provider, { message, keys, signers, mode: 'signAndEncrypt' });
    return decode(plaintext, sessionId);
  } catch (error) {
    if (isSdkError(error, 'envelope/not-a-recipient')) return undefined;
    // Without the cause: JSON.parse quotes the text that it cannot read, and the text holds keys.
    throw new GroupError('group/damaged-on-device');
  }
}

export async function removeLocalGroup(session: Session, sessionId: Uint8Array): Promise<void> {
  const store = await session.openGroupStore();
  await store.remove(session, bytesToHex(sessionId));
}

function encode({ session: { tickets }, initiator, participants }: GroupState): Uint8Array {
  const stored: StoredGroup = {
    version: 1,
    initiator,
    participants,
    tickets: tickets.map((ticket) => bytesToBase64(encodeTicket(ticket))),
  };
  return utf8ToBytes(JSON.stringify(stored));
}

function decode(bytes: Uint8Array, sessionId: Uint8Array): GroupState {
  const { version, initiator, participants, ...stored } = JSON.parse(bytesToUtf8(bytes)) as StoredGroup;
  if (version !== 1) throw new GroupError('group/damaged-on-device');
  const tickets = stored.tickets.map((text) => parseTicket(base64ToBytes(text)));
  return { session: joinTickets(sessionId, tickets), initiator, participants };
}
