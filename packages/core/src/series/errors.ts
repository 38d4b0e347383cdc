/** Errors of sealed series: rows as in `../errors.ts`, apart so that they are loaded with what throws them. */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '../errors.ts';

export const SERIES_ERRORS = {
  'series/name': { family: 'usage', message: 'Give the series a name: a text of 1 to 256 characters.' },
  'series/session-number': { family: 'usage', message: 'Sessions are numbered from 1 to 2^53 − 1.' },
  'series/closed': { family: 'usage', message: 'The sealer was closed. Make a new one, which starts a new session.' },
  'series/too-long': { family: 'usage', message: 'A session has at most 2^32 readings of 64 MiB. Start a new one.' },

  'series/malformed': { family: 'validation', message: 'The bytes are no frame of a series, or only a part of one.' },
  'series/other-version': { family: 'validation', message: 'The frame is of a later version. Update the reader.' },
  'series/unknown-session': {
    family: 'validation',
    message: 'No start of this session was read. Read the start first; a sealer can send it again.',
  },
  'series/other-series': {
    family: 'crypto',
    message: 'The session is of another series. Do not use its readings here.',
  },
  'series/old-session': {
    family: 'crypto',
    message: 'The session is older than one that was seen: it is repeated, or the device went back to an old state.',
  },
  'series/forked-session': {
    family: 'crypto',
    message:
      'Two sessions have one number: a second device has the same key and name, or one went back to an old state. Give each its own.',
  },
  'series/repeated': { family: 'crypto', message: 'The frame was read before. It counts once.' },
  'series/too-late': {
    family: 'crypto',
    message: 'The reading is older than the 4,096 before the newest, so that it cannot be told from a repeated one.',
  },
  'series/undecryptable': {
    family: 'crypto',
    message: 'The reading cannot be decrypted: it was altered, or moved from another place.',
  },
  'series/bad-signature': {
    family: 'crypto',
    message: 'The signature is not that of the device. Do not use the frame.',
  },
  'series/contradiction': {
    family: 'crypto',
    message: 'The device signed another reading than the one that was read at this place. Do not use that one.',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export function seriesError(
  code: keyof typeof SERIES_ERRORS,
  facts: Pick<SdkErrorOptions, 'details' | 'cause'> = {},
): SdkError {
  return new SdkError({ code, ...SERIES_ERRORS[code], ...facts });
}
