/**
 * Tickets as values in the Keyknox store, as the official clients keep them: one record per epoch, sealed by the initiator for the
 * members, padding none. A ticket counts where its initiator has signed it and its content says the place at which it lies.
 * Source: docs/spec/groups.md §4.
 */
import { bytesToHex, equalBytes, isSdkError, openDetached, type PublicKey, sealDetached } from '@sotto/core';
import type { KeyknoxValue } from '@sotto/core/backup';
import { encodeTicket, GroupError, parseTicket, type Ticket } from '@sotto/core/group';
import { clientError, MissingPrivateKeyError } from '../errors.ts';
import {
  createSharedPlace,
  type KeyknoxPath,
  listKeyknoxKeys,
  type SharedPlace,
  type SharedValue,
  type ShareOptions,
} from '../keyknox.ts';
import { isOutage, isUncertain } from '../service-client.ts';
import type { Session } from '../session.ts';
import { withKeyRing } from '../use-cases/decrypt.ts';
import { requireParticipants } from './participants.ts';
import type { GroupRef } from './state.ts';

export interface PulledTicket {
  readonly ticket: Ticket;
  readonly participants: readonly string[];
}

const ROOT = 'group-sessions';
const EPOCH = /^(0|[1-9][0-9]{0,9})$/;
const MAX_EPOCH = 0xffffffff;
const MAX_EPOCHS = 10_000;

export function pathOf(sessionId: Uint8Array): KeyknoxPath {
  return { root: ROOT, path: bytesToHex(sessionId) };
}

export function placeOf({ service }: Session, { sessionId, initiator }: GroupRef, epoch: number): SharedPlace {
  return createSharedPlace(service, { ...pathOf(sessionId), key: String(epoch) }, initiator);
}

/** The epochs whose tickets this user may pull, ascending. @throws `group/not-found` where there are none */
export async function listEpochs(
  { service }: Session,
  { sessionId, initiator }: GroupRef,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const keys = await listKeyknoxKeys(service, pathOf(sessionId), { owner: initiator, signal });
  if (keys.length === 0) throw new GroupError('group/not-found');
  const epochs = keys.map(Number);
  const isList = keys.every((key) => EPOCH.test(key)) && epochs.every((epoch) => epoch <= MAX_EPOCH);
  if (!isList || keys.length > MAX_EPOCHS) throw clientError('service/bad-answer');
  return [...new Set(epochs)].sort((a, b) => a - b);
}

/**
 * The ticket of an epoch. `signers` are the keys of the initiator.
 * @throws `group/no-access`, `group/forged-ticket`, `group/misplaced-ticket`, `group/bad-participants`, and what the service throws
 */
export async function pullTicket(
  session: Session,
  { ref, epoch, signers, signal }: PullOptions & { readonly epoch: number },
): Promise<PulledTicket> {
  const stored = await placeOf(session, ref, epoch).read(signal);
  if (isEmpty(stored)) throw new GroupError('group/no-access', { details: { epoch } });
  const participants = requireParticipants(stored.identities, [ref.initiator, session.identity]);
  const ticket = parseTicket(await openValue(session, stored, signers));
  if (ticket.epoch !== epoch || !equalBytes(ticket.sessionId, ref.sessionId))
    throw new GroupError('group/misplaced-ticket', { details: { epoch } });
  return { ticket, participants };
}

export interface PullOptions {
  readonly ref: GroupRef;
  readonly signers: readonly PublicKey[];
  readonly signal?: AbortSignal | undefined;
}

/** For these readers and the own key. @throws MissingPrivateKeyError */
export async function sealTicket(
  session: Session,
  ticket: Ticket,
  readers: readonly PublicKey[],
): Promise<KeyknoxValue> {
  const { current } = await session.keys.get();
  if (!current) throw new MissingPrivateKeyError();
  const { metadata, body } = await sealDetached(session.provider, {
    mode: 'signThenEncrypt',
    plaintext: encodeTicket(ticket),
    recipients: [current.publicKey, ...readers],
    signer: current,
    identifiers: session.identifiers,
  });
  return { meta: metadata, value: body };
}

/**
 * Shares the value; whether it is there now. It is not where another device of this user was first. A write whose answer was lost is settled
 * by looking: the own copy is always that of the last write.
 */
export async function shareSettled(
  place: SharedPlace,
  value: KeyknoxValue,
  { signal, ...to }: ShareOptions & { readonly signal?: AbortSignal | undefined },
): Promise<boolean> {
  try {
    await place.share(value, to, signal);
    return true;
  } catch (error) {
    const mayBeThere = isSdkError(error, 'keyknox/changed') || (isUncertain(error) && isOutage(error));
    if (!mayBeThere) throw error;
    const stored = await place.read(signal);
    return equalBytes(stored.meta, value.meta) && equalBytes(stored.value, value.value);
  }
}

export function isEmpty({ meta }: Pick<SharedValue, 'meta'>): boolean {
  return meta.length === 0;
}

const SIGNATURE_CODES = ['envelope/not-signed', 'envelope/other-signer', 'envelope/bad-signature'];

async function openValue(
  session: Session,
  { meta: metadata, value: body }: KeyknoxValue,
  signers: readonly PublicKey[],
): Promise<Uint8Array> {
  try {
    const { plaintext } = await withKeyRing(session, 'envelope/not-a-recipient', (keys) =>
      openDetached(session.provider, { metadata, body, keys, signers, mode: 'signThenEncrypt' }),
    );
    return plaintext;
  } catch (cause) {
    if (!isSdkError(cause) || !cause.code.startsWith('envelope/')) throw cause;
    throw new GroupError(SIGNATURE_CODES.includes(cause.code) ? 'group/forged-ticket' : 'group/no-access', { cause });
  }
}
