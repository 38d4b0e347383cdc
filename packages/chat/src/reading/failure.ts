/** Why a message cannot be read, from what was thrown. */
import { isSdkError } from '@sotto/core';
import type { FailureReason } from '../room.ts';

const REASONS: Readonly<Record<string, FailureReason>> = {
  'chat/malformed': 'malformed',
  'chat/unsupported-version': 'unsupported-version',
  'chat/unknown-sender': 'unknown-key',
  'chat/key-not-accepted': 'key-not-accepted',
  'chat/media-missing': 'media-missing',
  'chat/media-swapped': 'media-swapped',
  'envelope/malformed': 'malformed',
  'envelope/unsupported': 'unsupported-version',
  'envelope/not-a-recipient': 'not-for-this-device',
  'envelope/undecryptable': 'undecryptable',
  'envelope/not-signed': 'bad-signature',
  'envelope/other-signer': 'author-mismatch',
  'envelope/bad-signature': 'bad-signature',
  'group/malformed': 'malformed',
  'group/not-found': 'not-for-this-device',
  'group/no-access': 'not-for-this-device',
  'group/epoch-missing': 'not-for-this-device',
  'group/other-group': 'other-room',
  'group/bad-signature': 'author-mismatch', // the format names no signer: it is of any other key
  'group/undecryptable': 'undecryptable',
};

/** `unavailable` for what has to do with the surroundings and not with the message. */
export function failureReasonOf(error: unknown): FailureReason {
  if (!isSdkError(error)) return 'unavailable';
  const reason = REASONS[error.code];
  if (reason) return reason;
  return error.family === 'validation' || error.family === 'crypto' ? 'undecryptable' : 'unavailable';
}
