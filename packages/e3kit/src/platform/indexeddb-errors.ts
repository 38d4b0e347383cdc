/** What IndexedDB says, in our codes. */
import { storageError } from '../storage-errors.ts';

/**
 * `storage/full` or `storage/unavailable` for an error of the browser. Whatever else was thrown, such as an error that
 * has a code of ours already, is given back as it is.
 */
export function toStorageError(error: unknown): unknown {
  if (!isBrowserError(error)) return error;
  if (isQuotaExceeded(error)) return storageError('storage/full', { cause: error });
  // A newer version of this client made the database, in another tab or before the app was rolled back.
  const reason = error.name === 'VersionError' ? 'newer version' : error.name;
  return storageError('storage/unavailable', { details: { reason }, cause: error });
}

export function isBrowserError(error: unknown): error is DOMException {
  return error instanceof DOMException;
}

export function isQuotaExceeded(error: DOMException): boolean {
  return error.name === 'QuotaExceededError';
}
