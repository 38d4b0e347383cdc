/** Why the author of a message is not believed. */
import { type ErrorFamily, SdkError } from '@sotto/core';

export const AUTHOR_ERRORS = {
  'chat/unknown-sender': {
    family: 'validation',
    message: 'The author has no card, or none that can be looked up now. Try again when the service is there.',
  },
  'chat/key-not-accepted': {
    family: 'validation',
    message: 'The key of the author was replaced. Compare it with them, then call acceptKey(card).',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export function authorError(code: keyof typeof AUTHOR_ERRORS, identity: string, cause?: unknown): SdkError {
  return new SdkError({ code, ...AUTHOR_ERRORS[code], details: { identity }, cause });
}
