/** Errors of brain keys and backups: rows as in `../errors.ts`, apart so that they are loaded with what throws them. */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '../errors.ts';

export const BACKUP_ERRORS = {
  'brain-key/password-length': { family: 'usage', message: 'A password for a brain key has 1 to 128 bytes of UTF-8.' },
  'brain-key/bad-point': {
    family: 'validation',
    message: 'The blinded password is not a point of the curve in the expected form. Blind the password again.',
  },
  'brain-key/bad-answer': {
    family: 'crypto',
    message:
      'The answer of the service is not what belongs to this request. Do not use it; check apiUrl and try again.',
  },
  'brain-key/bad-secret': {
    family: 'usage',
    message: 'Not the secret of a blinding. Blind the password again, and keep the secret that comes with it.',
  },
  'brain-key/short-secret': {
    family: 'usage',
    message: 'The brain-key secret of the service must have at least 32 bytes.',
  },
  'keyknox/half-a-value': {
    family: 'validation',
    message: 'Of a stored value one half is missing. Store it again, or reset it.',
  },
  'backup/malformed': {
    family: 'validation',
    message:
      'The backup was decrypted and does not hold keys in a form that is understood. Make it again on a device with the key.',
  },
  'backup/too-large': { family: 'usage', message: 'A backup holds at most 1,000 entries and 1 MiB.' },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export function backupError(
  code: keyof typeof BACKUP_ERRORS,
  facts: Pick<SdkErrorOptions, 'details' | 'cause'> = {},
): SdkError {
  return new SdkError({ code, ...BACKUP_ERRORS[code], ...facts });
}
