/**
 * What a service says about itself: version, limits, and the chain of keys that have signed its cards.
 *
 * `serviceKeys` runs from the oldest key to the current one. Each key but the first carries a signature by its
 * predecessor, so that a client that has pinned any of them can follow to the current one, and to nothing else.
 * The signed bytes are
 *
 *     utf8("sotto-service-key-v1\0") ‖ DER SubjectPublicKeyInfo of the new key
 *
 * and the signature has the form of every other one here: DER `SEQUENCE { AlgorithmIdentifier SHA-512, OCTET STRING }`.
 * The text in front sets it apart from those over cards.
 */

import type { Limits } from './limits.ts';

export const WELL_KNOWN_PATH = '/.well-known/sotto';

export interface ServiceKeyEntry {
  /** SubjectPublicKeyInfo, DER, base64. */
  publicKey: string;
  /** First 8 bytes of SHA-512 of the DER, hex. */
  keyId: string;
  /** Seconds since 1970. */
  createdAt: number;
  /** Base64, by the predecessor; absent on the first key. */
  signature?: string;
}

export interface ServiceDescription {
  service: 'sotto';
  version: string;
  serviceKeys: ServiceKeyEntry[];
  limits: Limits;
}
