/** What can go wrong with a source that is read in pieces. Apart from the other errors, so that they are loaded with what throws them. */
import { type ErrorFamily, SdkError } from '../errors.ts';

export const STREAM_ERRORS = {
  'stream/not-bytes': {
    family: 'usage',
    message: 'A source gives pieces of bytes (Uint8Array). Read it without an encoding and not as objects.',
  },
  'stream/wrong-size': {
    family: 'usage',
    message:
      'The source gave more or fewer bytes than were announced. Pass its exact size; what was written is of no use.',
  },
  'stream/changed': {
    family: 'storage',
    message: 'The source gave other bytes when it was read again. Leave it as it is until the call has ended.',
  },
  'file/no-details': {
    family: 'validation',
    message: 'The content does not begin with the details of a file. Open it with authDecryptFile().',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export type StreamErrorCode = keyof typeof STREAM_ERRORS;

export function streamError(code: StreamErrorCode, cause?: unknown): SdkError {
  return new SdkError({ code, ...STREAM_ERRORS[code], cause });
}
