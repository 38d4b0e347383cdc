/** Errors of encrypted fields: rows as in `../errors.ts`, apart so that they are loaded with what throws them. */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '../errors.ts';

export const FIELD_ERRORS = {
  'json/unsupported-value': {
    family: 'usage',
    message:
      'The document holds what JSON cannot say for certain (details.path, details.reason). Convert it to text, or leave it out.',
  },
  'json/too-deep': { family: 'validation', message: 'The document is nested deeper than 64 levels.' },
  'json/malformed': { family: 'validation', message: 'The text is not JSON.' },
  'json/duplicate-name': {
    family: 'validation',
    message: 'An object in the text has two members of one name, so that readers may differ on what it says.',
  },
  'json/line-too-long': { family: 'validation', message: 'A line is longer than 16 MiB. Split the document.' },

  'field/path': {
    family: 'usage',
    message: 'Not a path to fields: write `visits[*].note`, or a JSON Pointer such as `/visits/*/note`.',
  },
  'field/not-found': {
    family: 'usage',
    message:
      'A path leads to nothing in the document (details.path), so that what it names would have stayed plain. Correct it, or mark it as optional.',
  },
  'field/overlap': {
    family: 'usage',
    message: 'Two paths name one field, or one lies inside the other (details.path). Name each field once.',
  },
  'field/not-an-object': { family: 'usage', message: 'A document with encrypted fields is a JSON object.' },
  'field/already-encrypted': {
    family: 'usage',
    message: 'The document has encrypted fields already (details.path). Decrypt it, then encrypt the whole.',
  },
  'field/document-id': { family: 'usage', message: 'Give the document an id: a text of 1 to 1,024 characters.' },
  'field/revision': { family: 'usage', message: 'A revision is a whole number from 1 to 2^53 − 1.' },
  'field/expiry': { family: 'usage', message: 'expiresAt is a date, and in the future.' },
  'field/too-many': {
    family: 'validation',
    message: 'A document holds at most 100,000 encrypted fields for 64 sets of readers, each added to 64 times.',
  },

  'field/malformed': {
    family: 'validation',
    message: 'The document has no encrypted fields in a form that is understood (details.reason).',
  },
  'field/other-version': { family: 'validation', message: 'The fields are of a later version. Update the app.' },
  'field/not-a-reader': {
    family: 'crypto',
    message: 'No field of the document is encrypted for a key on this device. Ask its author to add you.',
  },
  'field/other-author': { family: 'crypto', message: 'The document was signed by somebody else.' },
  'field/bad-signature': { family: 'crypto', message: 'The signature of the document is not good. Do not use it.' },
  'field/other-document': {
    family: 'crypto',
    message: 'The fields were encrypted for another document. Do not use them here.',
  },
  'field/altered': {
    family: 'crypto',
    message: 'Fields were changed, moved, dropped or added since the author signed. Do not use the document.',
  },
  'field/plain-altered': {
    family: 'crypto',
    message: 'Plain parts that the author signed were changed. Do not use the document.',
  },
  'field/rolled-back': {
    family: 'crypto',
    message: 'This is an older revision than one that was seen before. Look for the newer one.',
  },
  'field/expired': { family: 'crypto', message: 'The author let the fields expire. Ask for a new document.' },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export function fieldError(
  code: keyof typeof FIELD_ERRORS,
  facts: Pick<SdkErrorOptions, 'details' | 'cause'> = {},
): SdkError {
  return new SdkError({ code, ...FIELD_ERRORS[code], ...facts });
}
