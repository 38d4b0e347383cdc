/** What the file system says, in our codes. */
import { isSdkError } from '@sotto/core';
import { storageError } from '../storage-errors.ts';

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * `storage/full` or `storage/unavailable` for an error of the file system. Whatever else was thrown, such as an error
 * that has a code of ours already, is given back as it is.
 */
export function toStorageError(error: unknown, path: string): unknown {
  if (isSdkError(error) || !(error instanceof Error) || !('syscall' in error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  return storageError(outOfSpace.has(code ?? '') ? 'storage/full' : 'storage/unavailable', {
    details: { path, reason: code },
    cause: error,
  });
}
