/** What can go wrong with files and streams. Apart from the other errors, so that they are loaded with what throws them. */
import { type ErrorFamily, isSdkError, SdkError, type SdkErrorOptions } from '@sotto/core';

export const FILE_ERRORS = {
  'stream/aborted': { family: 'usage', message: 'The call was aborted by its caller. What it had written is gone.' },
  'stream/unverified': {
    family: 'crypto',
    message: 'What the stream gave is not what the sender wrote: discard all of it. details say what is wrong.',
  },
  'file/unreadable': {
    family: 'storage',
    message: 'The file cannot be read, or was changed meanwhile. Choose it again.',
  },
  'file/unwritable': {
    family: 'storage',
    message: 'The file cannot be written; what was there before is there still. Check its folder.',
  },
  'file/worker-failed': {
    family: 'internal',
    message: 'The worker that does the work ended, or gave an answer that makes no sense. Try again.',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export type FileErrorCode = keyof typeof FILE_ERRORS;

export function fileError(
  code: FileErrorCode,
  facts: Pick<SdkErrorOptions, 'name' | 'details' | 'cause'> = {},
): SdkError {
  return new SdkError({ code, ...FILE_ERRORS[code], ...facts });
}

/** A call whose `signal` was aborted. */
export class AbortError extends SdkError {
  constructor(cause?: unknown) {
    super({ name: 'AbortError', code: 'stream/aborted', ...FILE_ERRORS['stream/aborted'], cause });
  }
}

/** A file that is not signed by the sender. `code` says how: `envelope/not-signed`, `envelope/other-signer`, `envelope/bad-signature`. */
export class IntegrityCheckFailedError extends SdkError {
  constructor({ code, family, message, details }: SdkError) {
    super({ name: 'IntegrityCheckFailedError', code, family, message, details });
  }
}

const NOT_BY_SENDER = ['envelope/not-signed', 'envelope/other-signer', 'envelope/bad-signature'];

/** The error, in that class if it says so. */
export function toIntegrityError(error: unknown): unknown {
  const isOther = isSdkError(error) && NOT_BY_SENDER.includes(error.code);
  return isOther ? new IntegrityCheckFailedError(error) : error;
}
