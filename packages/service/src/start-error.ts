import { SdkError } from '@sotto/core';

/** What keeps a service from starting: a variable, secrets, a database or a port that it cannot use. */
export type StartErrorCode =
  | 'config/invalid'
  | 'secrets/unreadable'
  | 'secrets/mismatch'
  | 'database/unreachable'
  | 'listen/failed';

/** The message is for the operator and names the variable or the file, never what is in it. */
export function startError(code: StartErrorCode, message: string, cause?: unknown): SdkError {
  return new SdkError({ code, family: 'usage', message, cause });
}
