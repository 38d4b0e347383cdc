import { SERVICE_ERRORS, type ServiceErrorName } from '@sotto/contract';
import { SdkError } from '@sotto/core';

/**
 * Makes the error of a row of the contract's table. The answer has `hint` too, which must not quote what a client sent,
 * and `retryAfterSeconds` as its header.
 */
export function serviceError(
  name: ServiceErrorName,
  {
    hint,
    retryAfterSeconds,
    cause,
  }: { readonly hint?: string; readonly retryAfterSeconds?: number; readonly cause?: unknown } = {},
): SdkError {
  const { status, message } = SERVICE_ERRORS[name];
  return new SdkError({
    code: name,
    family: status >= 500 ? 'internal' : 'validation',
    message,
    details: {
      ...(hint === undefined ? {} : { hint }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
    cause,
  });
}
