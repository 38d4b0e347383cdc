/**
 * Whom this device has seen. The cards serve while the service is away, and a card that differs from the one seen before is
 * noticed: a rotation if the former key endorsed it, a replacement if not.
 */
import { type Card, type CryptoProvider, isRotationOf, isSdkError, type RawCard } from '@sotto/core';
import { chainOf, readStoredChain } from './directory.ts';
import type { CardCache, Clock } from './ports.ts';
import type { ServiceKeyPin } from './service-key.ts';

export interface KeyChange {
  readonly identity: string;
  /** `rotated`: the former key endorsed the new card. `replaced`: nobody did; compare with the user before trusting it. */
  readonly kind: 'rotated' | 'replaced';
  readonly previous: Card;
  readonly current: Card;
}

export interface KnownUser {
  readonly card: Card;
  /** False from a replacement until `accept`. */
  readonly isAccepted: boolean;
  /** Milliseconds since 1970, when the service last confirmed it. */
  readonly confirmedAt: number;
}

export interface KnownUsers {
  /** What is known of a user, from memory or the device, verified. @throws `storage/*` */
  get(identity: string): Promise<KnownUser | undefined>;
  /** Takes note of the cards that the service gives now, one per identity. The changes against what was seen before. */
  notice(cards: readonly Card[]): Promise<KeyChange[]>;
  /** Takes a replaced key as good. */
  accept(card: Card): Promise<void>;
  /** Forgets everybody that this user has seen on this device. */
  clear(): Promise<void>;
}

interface StoredUser {
  readonly chain: readonly RawCard[];
  readonly isAccepted: boolean;
  readonly confirmedAt: number;
}

/** How old the stored time of a confirmation may get before it is worth another write. */
const CONFIRM_EVERY_MS = 60 * 60 * 1000;

export function createKnownUsers({
  provider,
  cache,
  pin,
  clock,
  scope,
}: {
  readonly provider: CryptoProvider;
  readonly cache: CardCache;
  readonly pin: ServiceKeyPin;
  readonly clock: Clock;
  /** Whose contacts these are: service, application, identity. */
  readonly scope: readonly string[];
}): KnownUsers {
  const memory = new Map<string, KnownUser>();
  const nameOf = (identity: string): string => JSON.stringify(['user', ...scope, identity]);
  const prefix = `${JSON.stringify(['user', ...scope]).slice(0, -1)},`;

  const get = async (identity: string): Promise<KnownUser | undefined> => {
    const kept = memory.get(identity);
    if (kept) return kept;
    const text = await cache.read(nameOf(identity));
    const known = text === undefined ? undefined : await decode(text);
    if (known) memory.set(identity, known);
    return known;
  };

  /** What does not verify counts as never seen: who can spoil an entry of the cache could as well remove it. */
  const decode = async (text: string): Promise<KnownUser | undefined> => {
    try {
      const { chain, isAccepted, confirmedAt } = JSON.parse(text) as StoredUser;
      return { card: await readStoredChain(provider, pin, chain), isAccepted, confirmedAt };
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError || isCardError(error)) return undefined;
      throw error;
    }
  };

  const remember = async (users: readonly KnownUser[]): Promise<void> => {
    const texts = users.map(({ card, isAccepted, confirmedAt }): [string, string] => {
      const stored: StoredUser = { chain: chainOf(card), isAccepted, confirmedAt };
      return [nameOf(card.identity), JSON.stringify(stored)];
    });
    if (texts.length > 0) await cache.write(new Map(texts));
    for (const user of users) memory.set(user.card.identity, user);
  };

  const findChange = async (card: Card, seen: KnownUser | undefined): Promise<KeyChange | undefined> => {
    if (!seen || seen.card.id === card.id) return undefined;
    const kind = (await isEndorsed(provider, card, seen.card)) ? 'rotated' : 'replaced';
    return { identity: card.identity, kind, previous: seen.card, current: card };
  };

  return {
    get,

    async notice(cards) {
      const confirmedAt = clock();
      const noticed = await Promise.all(
        cards.map(async (card) => {
          const seen = await get(card.identity);
          const change = await findChange(card, seen);
          const isAccepted = (seen?.isAccepted ?? true) && change?.kind !== 'replaced';
          const isWorthWriting = seen?.card.id !== card.id || confirmedAt - seen.confirmedAt > CONFIRM_EVERY_MS;
          return { user: { card, isAccepted, confirmedAt }, change, isWorthWriting };
        }),
      );
      for (const { user, isWorthWriting } of noticed) if (!isWorthWriting) memory.set(user.card.identity, user);
      await remember(noticed.flatMap(({ user, isWorthWriting }) => (isWorthWriting ? [user] : [])));
      return noticed.flatMap(({ change }) => change ?? []);
    },

    async accept(card) {
      const seen = await get(card.identity);
      if (seen?.card.id === card.id) await remember([{ ...seen, isAccepted: true }]);
    },

    async clear() {
      memory.clear();
      for (const name of await cache.list()) if (name.startsWith(prefix)) await cache.remove(name);
    },
  };
}

function isCardError(error: unknown): boolean {
  return isSdkError(error) && error.code.startsWith('card/');
}

/** Whether each card from `seen` up to `head` was endorsed by the key of the one before it. */
async function isEndorsed(provider: CryptoProvider, head: Card, seen: Card): Promise<boolean> {
  for (let card = head; card.previousCard; card = card.previousCard) {
    if (!(await isRotationOf(provider, card, card.previousCard))) return false;
    if (card.previousCard.id === seen.id) return true;
  }
  return false;
}
