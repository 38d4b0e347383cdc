import { base64ToBytes, importPublicKey, type PublicKey } from '@sotto/core';

/** Turns base64 of a public key into the key. @throws `key/malformed`, `key/invalid`, `encoding/base64` */
export type ReadPublicKey = (publicKey: string) => PublicKey;

/**
 * Remembers keys by their content, since importing one costs as much as checking a signature with it. Content does not
 * go stale: whether a key may be used is asked of the store each time.
 */
export function createPublicKeyReader({ capacity }: { capacity: number }): ReadPublicKey {
  const keys = new Map<string, PublicKey>();
  return (publicKey) => {
    const known = keys.get(publicKey);
    if (known !== undefined) return known;
    const key = importPublicKey(base64ToBytes(publicKey));
    if (keys.size >= capacity) {
      const [oldest] = keys.keys();
      if (oldest !== undefined) keys.delete(oldest);
    }
    keys.set(publicKey, key);
    return key;
  };
}
