import { base64ToBytes } from '@sotto/core';
import { serviceError } from '../domain/errors.ts';

/** The bytes of a member of a body. @throws `body/not-base64`, with the name of the member */
export function readBase64(text: string, member: string): Uint8Array {
  try {
    return base64ToBytes(text);
  } catch (cause) {
    throw serviceError('body/not-base64', { hint: member, cause });
  }
}
