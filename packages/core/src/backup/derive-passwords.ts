/** Two passwords from one, so that the backend that checks the one for sign-in does not learn the one that opens backups. */
import { sha256, sha512 } from '@noble/hashes/sha2.js';

export interface DerivedPasswords {
  /** 32 bytes, as the next. */
  readonly loginPassword: Uint8Array;
  readonly backupPassword: Uint8Array;
}

/** The halves of SHA-512(SHA-256(password)), as the official clients make them. `password` is the UTF-8 of a text. */
export function derivePasswords(password: Uint8Array): DerivedPasswords {
  const whole = sha512(sha256(password));
  return { loginPassword: whole.slice(0, 32), backupPassword: whole.slice(32) };
}
