import { SERVICE_ERRORS, type ServiceErrorName } from '@sotto/contract';
import { SdkError, type SdkErrorOptions } from '@sotto/core';

/** Makes the error of a row of the contract's table. `hint` is added to its message: it must not quote what a client sent. */
export function serviceError(
  name: ServiceErrorName,
  { hint, ...options }: { hint?: string } & Pick<SdkErrorOptions, 'cause' | 'details'> = {},
): SdkError {
  const { status, message } = SERVICE_ERRORS[name];
  return new SdkError({
    code: name,
    family: status >= 500 ? 'internal' : 'validation',
    message: hint === undefined ? message : `${message} (${hint})`,
    ...options,
  });
}
