/** Signatures over a digest: no platform's own call takes one for ECDSA and RSA, they hash what they sign themselves. */
import { p256 } from '@noble/curves/nist.js';
import { coreError } from '../errors.ts';
import { NOBLE_HASH } from './noble-hashes.ts';
import { signPss, verifyPss } from './noble-rsa.ts';
import type { HashName, PrivateComponent, PublicComponent } from './port.ts';

const ECDSA = { prehash: false, lowS: false, format: 'der' } as const;

/** @throws `key/cannot-sign` */
export function signDigest({ kind, secret }: PrivateComponent, hash: HashName, digest: Uint8Array): Uint8Array {
  if (kind === 'p256') return p256.sign(digest, secret, ECDSA);
  if (kind === 'rsa') return signPss(secret, NOBLE_HASH[hash], digest);
  throw coreError('key/cannot-sign');
}

export function verifyDigest(
  { kind, bytes }: PublicComponent,
  { hash, digest, signature }: { readonly hash: HashName; readonly digest: Uint8Array; readonly signature: Uint8Array },
): boolean {
  if (kind === 'p256') return p256.verify(signature, digest, bytes, ECDSA);
  return kind === 'rsa' && verifyPss(bytes, NOBLE_HASH[hash], digest, signature);
}
