import { LIMITS } from '@sotto/contract';
import { isStorableText } from '@sotto/contract/schemas';
import { utf8ToBytes } from '@sotto/core';
import { serviceError } from './errors.ts';

/** Whether a database can keep an identity as it is, and index it. */
export function isFitIdentity(identity: string): boolean {
  return identity !== '' && isStorableText(identity) && utf8ToBytes(identity).length <= LIMITS.identityBytes;
}

/** For what is stored under the identity of a token, which the backend of an application chose. @throws `identity/wrong` */
export function checkIdentity(identity: string): void {
  if (!isFitIdentity(identity)) throw serviceError('identity/wrong');
}
