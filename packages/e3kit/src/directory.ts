/**
 * The directory of cards at the service. Whatever it answers is verified before anybody sees it: each card by its own
 * signature and by that of the pinned service key.
 */
import { CARD_PATHS, pathTo } from '@sotto/contract';
import {
  type Card,
  coreError,
  type CryptoProvider,
  isSdkError,
  linkCards,
  parseCard,
  type RawCard,
  verifyCard,
} from '@sotto/core';
import { clientError } from './errors.ts';
import type { ServiceClient } from './service-client.ts';
import type { ServiceKeyPin } from './service-key.ts';

export interface Directory {
  /** For each identity its current cards, each linked to those it replaced; an empty list for one without cards. */
  search(identities: readonly string[], signal?: AbortSignal): Promise<Map<string, Card[]>>;
  /** Publishes a self-signed card. The answer is the card as the service signed it. */
  publish(card: RawCard, signal?: AbortSignal): Promise<Card>;
  /** The card with this id, whether or not it was replaced. */
  get(id: string, signal?: AbortSignal): Promise<Card>;
  /** Revokes the card, and with it the chain it is in. Once more does no harm. */
  revoke(id: string, signal?: AbortSignal): Promise<void>;
  /** A card that came another way. @throws `card/*` */
  verify(card: RawCard): Promise<Card>;
}

/** The limit of the official service; ours takes more, but a short answer is verified sooner. */
const IDENTITIES_PER_SEARCH = 50;

/** Cards of this process that passed verification: only those are encrypted for. */
const verified = new WeakSet<object>();

export function isVerifiedCard(value: unknown): value is Card {
  return typeof value === 'object' && value !== null && verified.has(value);
}

export function createDirectory({
  provider,
  service,
  pin,
}: {
  readonly provider: CryptoProvider;
  readonly service: ServiceClient;
  readonly pin: ServiceKeyPin;
}): Directory {
  const verifyAll = async (cards: readonly Card[]): Promise<void> => {
    const servicePublicKey = await pin.current();
    await Promise.all(cards.map((card) => verifyCard(provider, card, { servicePublicKey })));
  };

  /** A service signature that does not fit may be by a key that the pinned one has appointed since. */
  const verifyFresh = async (cards: readonly Card[]): Promise<void> => {
    try {
      await verifyAll(cards);
    } catch (error) {
      if (!isSdkError(error, 'card/bad-service-signature')) throw error;
      // Also where it has moved nothing: another request may have done so a moment ago.
      await pin.follow();
      await verifyAll(cards);
    }
  };

  /** An answer that was on its way while the service changed its key is by the former one, and is asked for once more. */
  const askVerified = async (ask: () => Promise<Card[]>): Promise<Card[]> => {
    const cards = await ask();
    try {
      await verifyFresh(cards);
      return cards;
    } catch (error) {
      const serviceKeys = await pin.history();
      if (!isSdkError(error, 'card/bad-service-signature') || serviceKeys.length === 1) throw error;
      for (const card of cards) await verifyWithOneOf(provider, card, serviceKeys);
      const again = await ask();
      await verifyAll(again);
      return again;
    }
  };

  const searchChunk = async (identities: readonly string[], signal?: AbortSignal): Promise<Card[]> => {
    const request = { method: 'POST', path: CARD_PATHS.search, body: { identities }, isSafe: true, signal } as const;
    return askVerified(async () => {
      const cards = readCards((await service.send(request)).body);
      if (cards.some(({ identity }) => !identities.includes(identity))) throw clientError('users/foreign-card');
      return cards;
    });
  };

  const verifyRaw = async (raw: RawCard): Promise<Card> => {
    const card = parseCard(raw);
    await verifyFresh([card]);
    markVerified([card]);
    return card;
  };

  return {
    verify: verifyRaw,

    async get(id, signal) {
      const request = { method: 'GET', path: pathTo(CARD_PATHS.card, { id }), isSafe: true, signal } as const;
      const [card] = await askVerified(async () => {
        const { body: answer } = await service.send(request);
        if (!isObject(answer)) throw clientError('service/bad-answer');
        return [parseCard(answer as unknown as RawCard)];
      });
      markVerified([card!]);
      if (card!.id !== id) throw clientError('users/foreign-card');
      return card!;
    },

    async search(identities, signal) {
      const found = await Promise.all(chunk(identities).map((part) => searchChunk(part, signal)));
      const heads = linkCards(found.flat());
      markVerified(heads);
      return new Map(identities.map((identity) => [identity, heads.filter((card) => card.identity === identity)]));
    },

    async revoke(id, signal) {
      await service.send({ method: 'POST', path: pathTo(CARD_PATHS.revoke, { id }), body: {}, isSafe: true, signal });
    },

    async publish(card, signal) {
      const request = { method: 'POST', path: CARD_PATHS.cards, body: card, isSafe: false, signal } as const;
      const { body: answer } = await service.send(request);
      if (!isObject(answer) || answer['content_snapshot'] !== card.content_snapshot) {
        throw clientError('service/altered-card');
      }
      return verifyRaw(answer as unknown as RawCard);
    },
  };
}

/**
 * Cards from a store of this device, checked again: signed by themselves and by a service key that was pinned then or now.
 * @throws `card/*`
 */
export async function readStoredChain(
  provider: CryptoProvider,
  pin: ServiceKeyPin,
  chain: readonly RawCard[],
): Promise<Card> {
  const cards = chain.map(parseCard);
  const serviceKeys = await pin.history();
  for (const card of cards) await verifyWithOneOf(provider, card, serviceKeys);
  const heads = linkCards(cards);
  if (heads.length !== 1) throw coreError('card/malformed');
  markVerified(heads);
  return heads[0]!;
}

/** The raw cards of a chain, oldest first. */
export function chainOf(head: Card): RawCard[] {
  const chain: RawCard[] = [];
  for (let card: Card | undefined = head; card; card = card.previousCard) chain.unshift(card.raw);
  return chain;
}

type ServiceKeys = Awaited<ReturnType<ServiceKeyPin['history']>>;

async function verifyWithOneOf(provider: CryptoProvider, card: Card, serviceKeys: ServiceKeys): Promise<void> {
  let failure: unknown;
  for (const servicePublicKey of [...serviceKeys].reverse()) {
    try {
      return await verifyCard(provider, card, { servicePublicKey });
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

function readCards(answer: unknown): Card[] {
  if (!Array.isArray(answer) || !answer.every(isObject)) throw clientError('service/bad-answer');
  return (answer as unknown as RawCard[]).map(parseCard);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function markVerified(heads: readonly Card[]): void {
  for (const head of heads) {
    for (let card: Card | undefined = head; card; card = card.previousCard) verified.add(card);
  }
}

function chunk(identities: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let start = 0; start < identities.length; start += IDENTITIES_PER_SEARCH) {
    chunks.push(identities.slice(start, start + IDENTITIES_PER_SEARCH));
  }
  return chunks;
}
