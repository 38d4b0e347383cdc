/** Keys that come to this device from elsewhere. Which key signs is not for them to say, but for the user's card. */
import type { PrivateKey } from '@sotto/core';
import { isKeyOf, isSameKey, type KeyRing, keysOf, mergeKeys } from '../key-ring.ts';
import type { Session } from '../session.ts';
import { findOwnCards } from './publish-key.ts';

/**
 * The ring with `keys` in it. Current is the key of the user's card, if it is among them, else what was current before; all
 * others read. The caller holds the lock of the ring. @throws what the service throws
 */
export async function adoptKeys(session: Session, ring: KeyRing, keys: readonly PrivateKey[]): Promise<KeyRing> {
  const cards = await findOwnCards(session);
  const known = mergeKeys(keysOf(ring), keys);
  const current = known.find((key) => cards.some((card) => isKeyOf(key, card))) ?? ring.current;
  return { ...ring, current, former: known.filter((key) => !current || !isSameKey(key, current)) };
}
