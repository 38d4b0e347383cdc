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
  type RawCard,
  utf8ToBytes,
} from '@sotto/core';
import type { Directory } from './directory.ts';

export interface CardManager {
  /** The current cards of the identities, each linked to those it replaced. @throws `card/*`, and what the service throws */
  searchCards(identities: string | readonly string[]): Promise<Card[]>;
  /** The card with this id, replaced or not. @throws `service/refused` where there is none */
  getCard(id: string): Promise<Card>;
  exportCardAsJson(card: Card): RawCard;
  /** Base64 of the JSON. */
  exportCardAsString(card: Card): string;
  /** @throws `card/*` */
  importCardFromJson(raw: RawCard): Promise<Card>;
  /** @throws `card/*` */
  importCardFromString(text: string): Promise<Card>;
}

export function createCardManager(directory: Directory): CardManager {
  return {
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
