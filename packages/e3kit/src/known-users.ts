/**
 * Whom this device has seen. The cards serve while the service is away, and a card that differs from the one seen before is
 * noticed: a rotation if the former key endorsed it, a replacement if not.
 */
import { type Card, type CryptoProvider, isSdkError, type RawCard } from '@sotto/core';
import { chainOf, readStoredChain } from './directory.ts';
import { findKeyChange, type KeyChange } from './key-change.ts';
import { isSameKey } from './key-ring.ts';
import { createListeners } from './listeners.ts';
import type { CardCache, Clock } from './ports.ts';
import { createSeenFacts } from './seen-facts.ts';
import type { ServiceKeyPin } from './service-key.ts';
import { isVerifiedKey, type VerifiedPeer, type VerifiedPeers } from './verified-peers.ts';

export interface KnownUser {
  readonly card: Card;
  /** False from a replacement or `refuse` until `accept`. */
  readonly isAccepted: boolean;
  /** While `card` is not accepted: the last one that was, by which former messages are verified. */
  readonly lastAccepted?: Card | undefined;
  /** Milliseconds since 1970, when the service last confirmed it. */
  readonly confirmedAt: number;
}

export interface KnownUsers {
  /** What is known of a user, from memory or the device, verified. @throws `storage/*` */
  get(identity: string): Promise<KnownUser | undefined>;
  /** Takes note of the cards that the service gives now, one per identity. The changes against what was seen before. */
  notice(cards: readonly Card[]): Promise<KeyChange[]>;
  /** Takes a replaced key as good. A key that was compared before and does not vouch for this one is forgotten. */
  accept(card: Card): Promise<void>;
  /** Takes the key as bad, as if it had just replaced another. It is not verified any more. */
  refuse(card: Card): Promise<void>;
  /** Forgets everybody that this user has seen or verified on this device. */
  clear(): Promise<void>;
  /** Calls back when a key changes, is accepted or refused. Gives back how to stop. */
  onChange(listener: () => void): () => void;
}

interface StoredUser {
  readonly chain: readonly RawCard[];
  readonly isAccepted: boolean;
  readonly lastAccepted?: readonly RawCard[];
  readonly confirmedAt: number;
}

/** How old the stored time of a confirmation may get before it is worth another write. */
const CONFIRM_EVERY_MS = 60 * 60 * 1000;

export function createKnownUsers({
  provider,
  cache,
  pin,
  clock,
  verifiedPeers,
  scope,
}: {
  readonly provider: CryptoProvider;
  readonly cache: CardCache;
  readonly pin: ServiceKeyPin;
  readonly clock: Clock;
  readonly verifiedPeers: VerifiedPeers;
  /** Whose contacts these are: service, application, identity. */
  readonly scope: readonly string[];
}): KnownUsers {
  const memory = new Map<string, KnownUser>();
  const listeners = createListeners();
  const facts = createSeenFacts(cache, 'user', scope);

  const get = async (identity: string): Promise<KnownUser | undefined> => {
    const kept = memory.get(identity);
    if (kept) return kept;
    const text = await cache.read(facts.nameOf(identity));
    const known = text === undefined ? undefined : await decode(text);
    if (known) memory.set(identity, known);
    return known;
  };

  /** What does not verify counts as never seen: who can spoil an entry of the cache could as well remove it. */
  const decode = async (text: string): Promise<KnownUser | undefined> => {
    try {
      const { chain, isAccepted, lastAccepted, confirmedAt } = JSON.parse(text) as StoredUser;
      const card = await readStoredChain(provider, pin, chain);
      // Nor can an entry of the cache make up for a key that was verified.
      const peer = await findPeer(card.identity);
      const isContradicted = peer !== undefined && !(await isVerifiedKey(provider, card, peer));
      return {
        card,
        isAccepted: isAccepted && !isContradicted,
        lastAccepted: lastAccepted && (await readStoredChain(provider, pin, lastAccepted)),
        confirmedAt,
      };
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError || isCardError(error)) return undefined;
      throw error;
    }
  };

  const remember = async (users: readonly KnownUser[]): Promise<void> => {
    const texts = users.map(({ card, isAccepted, lastAccepted, confirmedAt }): [string, string] => {
      const accepted = lastAccepted && { lastAccepted: chainOf(lastAccepted) };
      const stored: StoredUser = { chain: chainOf(card), isAccepted, ...accepted, confirmedAt };
      return [facts.nameOf(card.identity), JSON.stringify(stored)];
    });
    if (texts.length > 0) await cache.write(new Map(texts));
    for (const user of users) memory.set(user.card.identity, user);
  };

  const findPeer = async (identity: string): Promise<VerifiedPeer | undefined> =>
    (await verifiedPeers.find([identity])).get(identity);

  const decide = async (card: Card, isAccepted: boolean): Promise<void> => {
    const seen = await get(card.identity);
    if (seen?.card.id !== card.id) return;
    const peer = await findPeer(card.identity);
    const isAgainstComparison = peer && (await isVerifiedKey(provider, card, peer)) !== isAccepted;
    if (isAgainstComparison) await verifiedPeers.remove(card.identity);
    // A key that is refused was not replaced: nothing by it counts.
    const lastAccepted = isAccepted || seen.isAccepted ? undefined : seen.lastAccepted;
    await remember([{ ...seen, isAccepted, lastAccepted }]);
    listeners.notify();
  };

  return {
    get,

    async notice(cards) {
      const confirmedAt = clock();
      const peers = await verifiedPeers.find(cards.map(({ identity }) => identity));
      const noticed = await Promise.all(
        cards.map(async (card) => {
          const [seen, peer] = [await get(card.identity), peers.get(card.identity)];
          const compared = peer?.isReplaced ? undefined : peer?.card;
          const change = await findKeyChange(provider, card, { seen: seen?.card, compared });
          // The last accepted card may come back, after another one that nobody accepted.
          const wasAccepted = seen?.isAccepted ?? true;
          const isGood = lastAcceptedOf(seen)?.id === card.id || (wasAccepted && change?.kind !== 'replaced');
          const isAccepted = isGood && !peer?.isReplaced;
          const hasOtherKey = compared !== undefined && !isSameKey(card.publicKey, compared.publicKey);
          const isWorthWriting = seen?.card.id !== card.id || confirmedAt - seen.confirmedAt > CONFIRM_EVERY_MS;
          const lastAccepted = isAccepted ? undefined : lastAcceptedOf(seen);
          return { user: { card, isAccepted, lastAccepted, confirmedAt }, change, hasOtherKey, isWorthWriting };
        }),
      );
      for (const { user, isWorthWriting } of noticed) if (!isWorthWriting) memory.set(user.card.identity, user);
      await remember(noticed.flatMap(({ user, isWorthWriting }) => (isWorthWriting ? [user] : [])));
      // Last, so that whoever is stopped before it is told of the change again.
      for (const { user, hasOtherKey } of noticed) if (hasOtherKey) await verifiedPeers.follow(user.card);
      const changes = noticed.flatMap(({ change }) => change ?? []);
      if (changes.length > 0) listeners.notify();
      return changes;
    },

    accept: (card) => decide(card, true),
    refuse: (card) => decide(card, false),

    async clear() {
      memory.clear();
      await verifiedPeers.clear();
      await facts.clear();
    },

    onChange: listeners.add,
  };
}

function lastAcceptedOf(seen: KnownUser | undefined): Card | undefined {
  return seen?.isAccepted ? seen.card : seen?.lastAccepted;
}

function isCardError(error: unknown): boolean {
  return isSdkError(error) && error.code.startsWith('card/');
}
