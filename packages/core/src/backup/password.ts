/** The one rule for passwords of brain keys, whichever protocol: 1 to 128 bytes. What the bytes of a text are is up to the caller. */
import { backupError } from './errors.ts';

const MAX_LENGTH = 128;

/** @throws `brain-key/password-length` */
export function checkPassword(password: Uint8Array): void {
  if (password.length === 0 || password.length > MAX_LENGTH) throw backupError('brain-key/password-length');
}
