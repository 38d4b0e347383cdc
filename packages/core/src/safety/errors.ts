/** Errors of safety numbers: rows as in `../errors.ts`, apart so that they are loaded with what throws them. */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '../errors.ts';

export const SAFETY_ERRORS = {
  'safety-qr/malformed': {
    family: 'validation',
    message: 'Not the QR code of a safety number. Scan the one that the app of the other user shows for you.',
  },
  'safety-qr/other-version': {
    family: 'validation',
    message: 'The QR code is of another version. Update the app on both devices, then scan again.',
  },
  'safety-qr/own': {
    family: 'usage',
    message: 'This is the QR code of this device itself. Scan the one on the screen of the other user.',
  },
  'safety-qr/mismatch': {
    family: 'crypto',
    message:
      'The QR code shows other keys or other users than this device has. Look each other up again and scan the code of the right user; if it differs then too, trust neither key.',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export function safetyError(
  code: keyof typeof SAFETY_ERRORS,
  facts: Pick<SdkErrorOptions, 'details' | 'cause'> = {},
): SdkError {
  return new SdkError({ code, ...SAFETY_ERRORS[code], ...facts });
}
