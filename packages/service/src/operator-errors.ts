/** What keeps the operator's tools from copying, backing up and restoring an installation, in one table. */
import { type ErrorFamily, SdkError } from '@sotto/core';

export const OPERATOR_ERRORS = {
  'database/missing': {
    family: 'usage',
    message: 'There is no Sotto database at that place. Name the data folder, the file or the URL of one.',
  },
  'database/corrupt': {
    family: 'storage',
    message:
      'The file of the database is damaged. Stop the service, keep a copy of the file, and restore the last backup into an empty folder.',
  },
  'database/full': {
    family: 'storage',
    message: 'There is no room on the disk of the database, and nothing was changed. Make room, and begin again.',
  },
  'database/in-use': {
    family: 'usage',
    message: 'Somebody has the source open. Stop every service on it, and other commands, and begin again.',
  },
  'database/not-empty': {
    family: 'usage',
    message:
      'The target holds data, a part of a database such as sotto.db-wal, or other secrets, and nothing was changed. Move them away, or name an empty target.',
  },
  'database/other-migrations': {
    family: 'usage',
    message:
      'The database was last used by another release. Use the sotto of that release, or start the service of this one first.',
  },
  'database/differs': {
    family: 'internal',
    message: 'The copy is not equal to its source, and nothing of it was kept. Keep the source, and report this.',
  },
  'service-key/none-announced': {
    family: 'usage',
    message:
      'There is no next service key. Make one with `sotto service-key announce`, and give its files to all nodes.',
  },
  'service-key/not-everywhere': {
    family: 'usage',
    message:
      'Not all nodes hold the next service key, and nothing was changed. Give each the files, wait half a minute, and begin again.',
  },
  'service-key/not-here': {
    family: 'usage',
    message:
      'These are not the secrets of this database: its service key is another. Use the files of a node that serves it.',
  },
  'service-backup/malformed': {
    family: 'validation',
    message: 'Not a backup of a service, or only a part of one. Check that the file came whole.',
  },
  'service-backup/unsupported': {
    family: 'validation',
    message: 'The backup was made by a newer release. Restore it with that one, or a later one.',
  },
  'service-backup/damaged': {
    family: 'validation',
    message: 'The backup does not hold what it says it holds. Use an older one, and report this.',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export type OperatorErrorCode = keyof typeof OPERATOR_ERRORS;

export function operatorError(
  code: OperatorErrorCode,
  { details, cause }: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
): SdkError {
  return new SdkError({ code, ...OPERATOR_ERRORS[code], details, cause });
}
