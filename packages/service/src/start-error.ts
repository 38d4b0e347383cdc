import { SdkError } from '@sotto/core';

/** What keeps a service from starting: a variable with a value it cannot take, secrets it cannot use, a database that does not answer, a port that is taken. */
export type StartErrorCode =
  | 'config/invalid'
  | 'secrets/unreadable'
  | 'secrets/mismatch'
  | 'database/unreachable'
  | 'database/gone'
  | 'tls/unreadable'
  | 'tls/mismatch'
  | 'listen/failed';

/** The message is for the operator and names the variable or the file, never what is in it. */
export function startError(code: StartErrorCode, message: string, cause?: unknown): SdkError {
  return new SdkError({ code, family: 'usage', message, cause });
}
