/** Who can read a message, by the keys or the group that it names. */
import type { MessagePayload, EditPayload } from '@sotto/core/chat';
import type { Reader, Warning } from '../room.ts';
import type { BoundMessage } from './opened.ts';

export interface KnownKeys {
  readonly ownerOf: (keyId: string) => string | undefined;
  /** True of anybody while the members are not known. */
  readonly isMember: (identity: string | undefined) => boolean;
}

export interface ReadersOfMessage {
  readonly readers: readonly Reader[];
  readonly extraReaders: readonly Reader[];
  readonly warnings: readonly Warning[];
}

export function findReaders({ payload, participants }: BoundMessage, known: KnownKeys): ReadersOfMessage {
  const extraReaders: readonly Reader[] = payload.extra ?? [];
  const extraKeys = new Set(extraReaders.map(({ keyId }) => keyId));
  const extraNames = new Set(extraReaders.map(({ identity }) => identity));
  const readers: readonly Reader[] = payload.to
    ? payload.to.filter((keyId) => !extraKeys.has(keyId)).map((keyId) => ({ keyId, identity: known.ownerOf(keyId) }))
    : (participants ?? [])
        .filter((identity) => !extraNames.has(identity))
        .map((identity) => ({ identity, keyId: undefined }));
  return { readers, extraReaders, warnings: [...warnOfStrangers(readers, known), ...warnOfLeftOut(payload)] };
}

function warnOfStrangers(readers: readonly Reader[], known: KnownKeys): Warning[] {
  const strangers = readers.filter(({ identity }) => !known.isMember(identity));
  if (strangers.length === 0) return [];
  const keyIds = strangers.flatMap(({ keyId }) => keyId ?? []);
  const identities = strangers.flatMap(({ identity }) => identity ?? []);
  return [{ code: 'chat/unknown-reader', keyIds, identities }];
}

function warnOfLeftOut({ leftOut = [] }: MessagePayload | EditPayload): Warning[] {
  return leftOut.length > 0 ? [{ code: 'chat/left-out', identities: leftOut }] : [];
}
