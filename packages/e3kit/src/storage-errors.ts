/**
 * What can go wrong at the edge of the device: its disk, keychain or browser (`storage/*`, `platform/*`) and its network
 * (`transport/*`).
 * Messages hold no name, key or path; `details` may hold the path or address and what the system said.
 */
import { SdkError, type SdkErrorOptions } from '@sotto/core';

type ErrorRow = Pick<SdkErrorOptions, 'family' | 'message'>;
type ErrorFacts = Pick<SdkErrorOptions, 'details' | 'cause'>;

export const STORAGE_ERRORS = {
  'storage/bad-argument': {
    family: 'usage',
    message: 'The store cannot use this argument: names and passphrases are not empty, keys have 32 bytes.',
  },
  'storage/unavailable': {
    family: 'storage',
    message:
      'The store cannot be used now; nothing was deleted. Check its directory and the keychain, or allow this site to store data.',
  },
  'storage/locked': {
    family: 'storage',
    message: 'The store was locked for too long. Close other tabs or processes of this user, then try again.',
  },
  'storage/damaged': {
    family: 'storage',
    message: 'The stored data is incomplete or was altered; nothing was deleted. Restore it from a backup.',
  },
  'storage/wrong-key': {
    family: 'storage',
    message: 'The store does not open with this key; nothing was deleted. Give the one that it was made with.',
  },
  'storage/unreadable-official-key': {
    family: 'storage',
    message: 'The key of the official client cannot be read; nothing was deleted. Repair its storage, or move it away.',
  },
  'storage/full': {
    family: 'storage',
    message: 'The disk is full, or what a browser gives to one site. Free some space, then try again.',
  },
  'platform/insecure-context': {
    family: 'usage',
    message: 'Browsers give Web Crypto to pages by HTTPS or from localhost alone. Serve it so, or pass a keyStore.',
  },
} as const satisfies Record<string, ErrorRow>;

export const TRANSPORT_ERRORS = {
  'transport/unreachable': {
    family: 'transport',
    message: 'The service did not answer. Check the network and apiUrl, then try again.',
  },
  'transport/timeout': {
    family: 'transport',
    message: 'The service did not answer in time. Whether it acted is not known: look before you repeat.',
  },
  'transport/aborted': {
    family: 'transport',
    message: 'The request was aborted by its caller. Whether the service acted is not known.',
  },
  'transport/bad-response': {
    family: 'transport',
    message: 'The answer is not one that the service gives. Check that apiUrl leads to it, and not to a proxy.',
  },
} as const satisfies Record<string, ErrorRow>;

export type StorageErrorCode = keyof typeof STORAGE_ERRORS;
export type TransportErrorCode = keyof typeof TRANSPORT_ERRORS;

/** Makes the error of a row of `STORAGE_ERRORS`. */
export function storageError(code: StorageErrorCode, facts: ErrorFacts = {}): SdkError {
  return new SdkError({ code, ...STORAGE_ERRORS[code], ...facts });
}

/** Makes the error of a row of `TRANSPORT_ERRORS`. */
export function transportError(code: TransportErrorCode, facts: ErrorFacts = {}): SdkError {
  return new SdkError({ code, ...TRANSPORT_ERRORS[code], ...facts });
}
