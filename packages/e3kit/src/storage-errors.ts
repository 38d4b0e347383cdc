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
      'The store cannot be used now; nothing was deleted. On Node, check that its directory exists on a local disk and is writable and that the keychain is unlocked; in a browser, allow this site to store data. Then try again.',
  },
  'storage/locked': {
    family: 'storage',
    message:
      'Somebody else kept the store locked for too long. Close other tabs or processes of this user, then try again.',
  },
  'storage/damaged': {
    family: 'storage',
    message: 'The stored data is incomplete or was altered; nothing was deleted. Restore it from a backup.',
  },
  'storage/wrong-key': {
    family: 'storage',
    message:
      'The store does not open with this key. Give the key, passphrase, key file or keychain that it was made with; nothing was deleted.',
  },
  'storage/full': {
    family: 'storage',
    message: 'The disk is full, or what a browser gives to one site. Free some space, then try again.',
  },
  'platform/insecure-context': {
    family: 'usage',
    message:
      'This page did not come by HTTPS, so that the browser gives it no Web Crypto. Serve it by HTTPS or from localhost, or pass a keyStore of your own.',
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
