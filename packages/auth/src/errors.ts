/**
 * Everything that `@sotto/auth` refuses, once: who has to act, what to say, and the HTTP status where the sample backend
 * answers with it.
 */
import { type ErrorFamily, SdkError } from '@sotto/core';

interface ErrorRow {
  readonly family: ErrorFamily;
  readonly status?: 400 | 401 | 404 | 405 | 413 | 500;
  readonly message: string;
}

const rows = {
  'auth/missing-setting': { family: 'usage', message: 'A setting is missing from the environment.' },
  'auth/bad-setting': { family: 'usage', message: 'A setting in the environment cannot be used.' },
  'auth/bad-lifetime': { family: 'usage', message: 'ttlSeconds must be a whole number of seconds, at least 1.' },
  'auth/insecure-host': {
    family: 'usage',
    message: 'The sample backend signs in anyone, so it listens on loopback only; --insecure-demo-login lifts that.',
  },
  'auth/foreign-token': {
    family: 'validation',
    message: 'The token is of another application, or of an App Key that is not among the given ones.',
  },
  'auth/bad-identity': {
    family: 'validation',
    status: 400,
    message: 'identity must be a string of at most 2048 bytes, not blank and without control characters.',
  },
  'auth/malformed-body': {
    family: 'validation',
    status: 400,
    message: 'The body must be a JSON object in UTF-8, such as {"identity": "alice"}.',
  },
  'auth/missing-token': {
    family: 'validation',
    status: 401,
    message: 'Send the authToken of POST /authenticate as "Authorization: Bearer <authToken>".',
  },
  'auth/bad-token': {
    family: 'validation',
    status: 401,
    message: 'This authToken is not one of ours. Get a new one from POST /authenticate.',
  },
  'auth/expired-token': {
    family: 'validation',
    status: 401,
    message: 'This authToken has expired. Get a new one from POST /authenticate.',
  },
  'auth/no-twilio': { family: 'validation', status: 404, message: 'This backend has no Twilio credentials.' },
  'auth/unknown-route': { family: 'validation', status: 404, message: 'No such route. GET / lists the routes.' },
  'auth/wrong-method': { family: 'validation', status: 405, message: 'This route does not take that method.' },
  'auth/body-too-large': { family: 'validation', status: 413, message: 'The body is larger than 16 KiB.' },
  'auth/internal': { family: 'internal', status: 500, message: 'Something went wrong on our side.' },
} as const satisfies Record<string, ErrorRow>;

export type AuthErrorCode = keyof typeof rows;

/** Every code of this package with its family, default message and, where it is served, HTTP status. */
export const AUTH_ERRORS: Readonly<Record<AuthErrorCode, ErrorRow>> = rows;

/** An `SdkError` from the table. `message` replaces the table's where it can say more, such as a variable's name. */
export function authError(
  code: AuthErrorCode,
  options: { message?: string; details?: Record<string, unknown>; cause?: unknown } = {},
): SdkError {
  const { family, message } = AUTH_ERRORS[code];
  return new SdkError({ code, family, message, ...options });
}

export function isAuthErrorCode(code: string): code is AuthErrorCode {
  return Object.hasOwn(AUTH_ERRORS, code);
}
