/** What an app may call a user in a token. Official JavaScript clients need ASCII; the others take any UTF-8. */
import { utf8ToBytes } from '@sotto/core';
import { authError } from './errors.ts';

/** In UTF-8; the service takes no more. */
const MAX_BYTES = 2048;

/** Control characters, and halves of surrogate pairs: these have no UTF-8 form, so two identities could become one. */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;

/** Gives `value` back as an identity, exactly as it came. @throws `auth/bad-identity` */
export function parseIdentity(value: unknown): string {
  const isUsable =
    typeof value === 'string' && value.trim() !== '' && !UNUSABLE.test(value) && utf8ToBytes(value).length <= MAX_BYTES;
  if (!isUsable) throw authError('auth/bad-identity');
  return value;
}
