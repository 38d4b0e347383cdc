/** The key with which the service signs cards, and the keys that came before it. */

import type { ServiceKeyEntry } from '@sotto/contract';
import type { PrivateKey } from '@sotto/core';

export interface ServiceKey {
  readonly privateKey: PrivateKey;
  /** First 8 bytes of SHA-512 of the public key, hex. */
  readonly keyId: string;
  /** Oldest first; the last one is this key. Its form is documented in the contract. */
  readonly chain: readonly ServiceKeyEntry[];
}
