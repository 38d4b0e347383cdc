/**
 * What can go wrong with the user's own keys after registration: rotation, backups, brain keys, export, comparing. Apart from the other errors, so that
 * they are loaded with the calls that throw them.
 */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '@sotto/core';

type ErrorFacts = Pick<SdkErrorOptions, 'details' | 'cause'>;

export const KEY_ERRORS = {
  'register/required': { family: 'usage', message: 'This user has no card. Call register().' },
  'key/exists': {
    family: 'usage',
    message: 'This device has a private key of this user. Back it up, and call cleanup() first if it is to go.',
  },
  'key/not-current': {
    family: 'usage',
    message:
      'The current card is of another key than the one on this device: another device has replaced it. Call cleanup() and restorePrivateKey().',
  },
  'backup/none': {
    family: 'usage',
    message: 'There is no such backup. Call backupPrivateKey() on a device that has the key.',
  },
  'backup/wrong-password': {
    family: 'usage',
    message: 'The password does not open the backup. Ask the user for the right one.',
  },
  'backup/exists': {
    family: 'usage',
    message:
      'The backup has a key that is not on this device. Call restorePrivateKey(), or resetPrivateKeyBackup() if that key is to go.',
  },
  'backup/password-needed': {
    family: 'usage',
    message:
      'There is a backup of the key that is to be replaced. Pass its password, or ignoreBackup to leave it as it is.',
  },
  'backup/due': {
    family: 'usage',
    message:
      'The key was replaced, but its backup does not say so yet. Call replacePrivateKey() with the password of the backup.',
  },
  'backup/damaged': {
    family: 'crypto',
    message:
      'The backup is under this password, but it was altered. Restore another one, or back up anew from a device that has the key.',
  },
  'backup/outdated': {
    family: 'validation',
    message:
      'The backup has no key of the current card. What it has was kept to read old messages; call rotatePrivateKey() for a new key.',
  },
  'backup/not-stored': {
    family: 'crypto',
    message:
      'The service does not give back what was stored. Do not count on this backup; ask the operator of the service.',
  },
  'keyknox/changed': {
    family: 'usage',
    message: 'The value was changed meanwhile, by another device of this user. Call again.',
  },
  'brain-key/too-many-guesses': {
    family: 'usage',
    message: 'Too many passwords were tried. Wait for as many seconds as details say, then try again.',
  },
  'key-ring/damaged': {
    family: 'validation',
    message: 'This is no exported key ring, or it was cut off or altered. Take the whole text, from BEGIN to END.',
  },
  'key-ring/other-version': {
    family: 'validation',
    message: 'A newer version exported this key ring. Update the app, then import it.',
  },
  'key-ring/unreasonable-cost': {
    family: 'validation',
    message:
      'The exported key ring asks for less work than is safe, or for more than a device can do. Do not trust it.',
  },
  'key-ring/wrong-passphrase': {
    family: 'crypto',
    message: 'The passphrase does not open this key ring. If it is the right one, somebody has altered the text.',
  },
  'key-ring/other-user': {
    family: 'usage',
    message: 'The key ring is of another user, or of another application. Initialize for that user to import it.',
  },
  'key-ring/outdated': {
    family: 'usage',
    message:
      'The key ring has no key of a current card of this user. Its keys were kept to read old messages; call register() or rotatePrivateKey() for a new one.',
  },
  'users/card-not-current': {
    family: 'usage',
    message: 'The user has another key by now. Call findUsers(), and compare that one.',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export type KeyErrorCode = keyof typeof KEY_ERRORS;

export function keyError(code: KeyErrorCode, facts: ErrorFacts = {}): SdkError {
  return new SdkError({ code, ...KEY_ERRORS[code], ...facts });
}

/** A base for classes that stand for one row of the table. */
class RowError extends SdkError {
  constructor(name: string, code: KeyErrorCode) {
    super({ name, code, ...KEY_ERRORS[code] });
  }
}

/** A call for registered users, of one that is not. */
export class RegisterRequiredError extends RowError {
  constructor() {
    super('RegisterRequiredError', 'register/required');
  }
}

/** A call that brings a private key to a device that has another. */
export class PrivateKeyAlreadyExistsError extends RowError {
  constructor() {
    super('PrivateKeyAlreadyExistsError', 'key/exists');
  }
}

/** A call for a backup that is not there. */
export class PrivateKeyNoBackupError extends RowError {
  constructor() {
    super('PrivateKeyNoBackupError', 'backup/none');
  }
}

/** A password that does not open the backup. */
export class WrongKeyknoxPasswordError extends RowError {
  constructor() {
    super('WrongKeyknoxPasswordError', 'backup/wrong-password');
  }
}

/** `backupPrivateKey()` where the backup has another key. */
export class CloudEntryExistsError extends RowError {
  constructor() {
    super('CloudEntryExistsError', 'backup/exists');
  }
}
