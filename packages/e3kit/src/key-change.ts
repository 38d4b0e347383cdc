/** What tells a changed key that its former key vouches for from one that nobody does. Source: docs/spec/card.md §4.2. */
import { type Card, type CryptoProvider, isRotationOf } from '@sotto/core';
import { isSameKey } from './key-ring.ts';

export interface KeyChange {
  readonly identity: string;
  /** `rotated`: the former key endorsed the new card. `replaced`: nobody did; compare with the user before trusting it. */
  readonly kind: 'rotated' | 'replaced';
  readonly previous: Card;
  readonly current: Card;
  /** Whether the former key was verified. The new one is, too, if the key was rotated, and is not if it was replaced. */
  readonly wasVerified: boolean;
}

/**
 * What `current` changes against the card that was seen, in the card cache, and the one that was compared, in the key store. Whoever
 * can write the cache cannot write the key store: what was seen counts only as far as the compared key vouches for it.
 */
export async function findKeyChange(
  provider: CryptoProvider,
  current: Card,
  { seen, compared }: { readonly seen: Card | undefined; readonly compared: Card | undefined },
): Promise<KeyChange | undefined> {
  const isGood = seen && (!compared || (await isVouchedFor(provider, seen, compared)));
  const previous = isGood ? seen : compared;
  if (!previous || previous.id === current.id) return undefined;
  const isEndorsed = await isEndorsedSince(provider, current, ({ id }) => id === previous.id);
  const kind = isEndorsed ? 'rotated' : 'replaced';
  return { identity: current.identity, kind, previous, current, wasVerified: compared !== undefined };
}

/** Whether the card has the compared key, or one that it has endorsed, card by card. */
export function isVouchedFor(provider: CryptoProvider, card: Card, compared: Card): Promise<boolean> {
  return isEndorsedSince(provider, card, ({ publicKey }) => isSameKey(publicKey, compared.publicKey));
}

/** Whether each card from `head` back to the first that `isStart` was endorsed by the key of the one before it. */
async function isEndorsedSince(
  provider: CryptoProvider,
  head: Card,
  isStart: (card: Card) => boolean,
): Promise<boolean> {
  let card = head;
  while (!isStart(card)) {
    if (!card.previousCard || !(await isRotationOf(provider, card, card.previousCard))) return false;
    card = card.previousCard;
  }
  return true;
}
