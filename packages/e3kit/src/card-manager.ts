/**
 * The `cardManager` property, as far as apps of the official client use it: cards as such, beside the use cases. Every card
 * that it gives was verified.
 */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToUtf8,
  type Card,
  coreError,
  type CryptoProvider,
  issueCard,
  type PrivateKey,
  type RawCard,
  utf8ToBytes,
} from '@sotto/core';
import type { Directory } from './directory.ts';
import type { Clock } from './ports.ts';

export interface NewCard {
  readonly privateKey: PrivateKey;
  readonly previousCardId?: string | undefined;
  readonly extraFields?: Readonly<Record<string, string>> | undefined;
}

export interface CardManager {
  /** The current cards of the identities, each linked to those it replaced. @throws `card/*`, and what the service throws */
  searchCards(identities: string | readonly string[]): Promise<Card[]>;
  /** The card with this id, replaced or not. @throws `service/refused` where there is none */
  getCard(id: string): Promise<Card>;
  /** A self-signed card for the key, of the user of this client. It is not published. */
  generateRawCard(options: NewCard): Promise<RawCard>;
  /** `generateRawCard` and `publishRawCard`. The private key stays with the caller: prefer `register`, which keeps it first. */
  publishCard(options: NewCard): Promise<Card>;
  publishRawCard(raw: RawCard): Promise<Card>;
  /** Revokes the card and the chain that it is in. */
  revokeCard(id: string): Promise<void>;
  exportCardAsJson(card: Card): RawCard;
  /** Base64 of the JSON. */
  exportCardAsString(card: Card): string;
  /** @throws `card/*` */
  importCardFromJson(raw: RawCard): Promise<Card>;
  /** @throws `card/*` */
  importCardFromString(text: string): Promise<Card>;
}

export function createCardManager({
  directory,
  provider,
  clock,
  identity,
}: {
  readonly directory: Directory;
  readonly provider: CryptoProvider;
  readonly clock: Clock;
  readonly identity: string;
}): CardManager {
  const generateRawCard = ({ privateKey, previousCardId, extraFields }: NewCard): Promise<RawCard> => {
    const createdAt = Math.floor(clock() / 1000);
    return issueCard(provider, { identity, privateKey, createdAt, previousCardId, extraFields });
  };
  return {
    generateRawCard,
    publishCard: async (options) => directory.publish(await generateRawCard(options)),
    publishRawCard: (raw) => directory.publish(raw),
    revokeCard: (id) => directory.revoke(id),
    async searchCards(identities) {
      const wanted = typeof identities === 'string' ? [identities] : [...new Set(identities)];
      return [...(await directory.search(wanted)).values()].flat();
    },
    getCard: (id) => directory.get(id),
    exportCardAsJson: (card) => card.raw,
    exportCardAsString: (card) => bytesToBase64(utf8ToBytes(JSON.stringify(card.raw))),
    importCardFromJson: (raw) => directory.verify(raw),
    importCardFromString: async (text) => directory.verify(parseText(text)),
  };
}

function parseText(text: string): RawCard {
  try {
    return JSON.parse(bytesToUtf8(base64ToBytes(text))) as RawCard;
  } catch (cause) {
    throw coreError('card/malformed', { cause });
  }
}
