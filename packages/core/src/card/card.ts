/**
 * Cards: signed statements "this identity has this public key". A card's id and signatures are over the bytes of its
 * snapshot as its author wrote them, so those are kept as they came. Source: docs/spec/card.md.
 */
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToUtf8, concatBytes } from '../encoding/bytes.ts';
import { base64ToBytes, bytesToHex } from '../encoding/text.ts';
import { coreError, isSdkError } from '../errors.ts';
import { importPublicKey } from '../keys/import-public.ts';
import type { PublicKey } from '../keys/key.ts';

/** Who signs: the card's own key, the service, and the key of the card that this one replaces. Others are an application's. */
export const SIGNER = { self: 'self', service: 'virgil', previous: 'sotto-previous' } as const;

/** A card as it travels. Byte strings are base64. */
export interface RawCard {
  readonly content_snapshot: string;
  readonly signatures: readonly RawSignature[];
}

export interface RawSignature {
  readonly signer: string;
  readonly signature: string;
  /** Further fields that this signature covers. */
  readonly snapshot?: string;
}

export interface CardSignature {
  readonly signer: string;
  readonly signature: Uint8Array;
  readonly snapshot: Uint8Array;
}

export interface Card {
  /** Hex of the first 32 bytes of SHA-512 of the snapshot. */
  readonly id: string;
  readonly identity: string;
  readonly publicKey: PublicKey;
  readonly version: string;
  /** By the clock of whoever made it. */
  readonly createdAt: Date;
  readonly previousCardId?: string | undefined;
  /** The card that this one replaces, where it is known. */
  readonly previousCard?: Card | undefined;
  readonly cardType?: string | undefined;
  /** Whether a newer card has replaced it. */
  readonly isOutdated: boolean;
  readonly signatures: readonly CardSignature[];
  readonly snapshot: Uint8Array;
  readonly raw: RawCard;
}

const MAX_SIGNATURES = 100;
const CARD_ID = /^[0-9a-f]{64}$/;

/**
 * Reads a card without believing it: shape and key are checked, signatures are not (`verify.ts`).
 * @throws `card/malformed`, `card/unsupported-key`
 */
export function parseCard(raw: RawCard): Card {
  try {
    const snapshot = base64ToBytes(requireText(raw.content_snapshot));
    const signatures = readSignatures(raw.signatures);
    return { ...readSnapshot(snapshot), id: cardId(snapshot), isOutdated: false, signatures, snapshot, raw };
  } catch (error) {
    if (isSdkError(error, 'key/unsupported')) throw coreError('card/unsupported-key', { cause: error });
    if (isSdkError(error, 'card/malformed')) throw error;
    // Of others' errors no cause: JSON.parse quotes the text, which names people.
    throw coreError('card/malformed', isSdkError(error) ? { cause: error } : {});
  }
}

export function cardId(snapshot: Uint8Array): string {
  return bytesToHex(sha512(snapshot).subarray(0, 32));
}

/** The bytes that a signature is over: the card's snapshot, followed by the signature's own. */
export function signedBytes(snapshot: Uint8Array, ownSnapshot: Uint8Array): Uint8Array {
  return ownSnapshot.length === 0 ? snapshot : concatBytes(snapshot, ownSnapshot);
}

/**
 * The cards that nothing among `cards` replaces, each with the card before it; the replaced ones are marked outdated. Order is
 * kept, and a card that comes twice counts once. A link to another identity is no link. Source: docs/spec/card.md §4.
 */
export function linkCards(cards: readonly Card[]): Card[] {
  const byId = new Map(cards.map((card) => [card.id, card]));
  const previousOf = (card: Card): Card | undefined => {
    const previous = card.previousCardId === undefined ? undefined : byId.get(card.previousCardId);
    return previous?.identity === card.identity ? previous : undefined;
  };
  const replaced = new Set(cards.map((card) => previousOf(card)?.id));
  // Oldest first, so that a long chain is not a deep recursion; heads with a common past share its objects. An id is a hash
  // over the id before it: there are no circles.
  const outdated = new Map<string, Card>();
  const link = (head: Card): Card => {
    const chain: Card[] = [];
    let card = previousOf(head);
    for (; card && !outdated.has(card.id); card = previousOf(card)) chain.push(card);
    let previousCard = card && outdated.get(card.id);
    for (const older of chain.reverse()) {
      previousCard = { ...older, previousCard, isOutdated: true };
      outdated.set(older.id, previousCard);
    }
    return { ...head, previousCard, isOutdated: false };
  };
  return [...byId.values()].filter((card) => !replaced.has(card.id)).map(link);
}

function readSignatures(signatures: readonly RawSignature[]): CardSignature[] {
  if (!Array.isArray(signatures) || signatures.length > MAX_SIGNATURES) throw coreError('card/malformed');
  const parsed = signatures.map(
    ({ signer, signature, snapshot }): CardSignature => ({
      signer: requireText(signer),
      signature: base64ToBytes(requireText(signature)),
      snapshot: base64ToBytes(snapshot === undefined || snapshot === null ? '' : requireText(snapshot)),
    }),
  );
  if (new Set(parsed.map(({ signer }) => signer)).size !== parsed.length) throw coreError('card/malformed');
  return parsed;
}

function readSnapshot(
  snapshot: Uint8Array,
): Pick<Card, 'identity' | 'publicKey' | 'version' | 'createdAt' | 'previousCardId' | 'cardType'> {
  const content = JSON.parse(bytesToUtf8(snapshot)) as Record<string, unknown> | null;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw coreError('card/malformed');
  const { identity, public_key, version, created_at, previous_card_id, card_type } = content;
  const createdAt = new Date(typeof created_at === 'number' ? created_at * 1000 : Number.NaN);
  if (requireText(identity) === '' || Number.isNaN(createdAt.getTime()) || version !== '5.0') {
    throw coreError('card/malformed');
  }
  const previousCardId = optionalText(previous_card_id);
  if (previousCardId !== undefined && !CARD_ID.test(previousCardId)) throw coreError('card/malformed');
  return {
    identity: requireText(identity),
    publicKey: importPublicKey(base64ToBytes(requireText(public_key))),
    version,
    createdAt,
    previousCardId,
    cardType: optionalText(card_type),
  };
}

function requireText(value: unknown): string {
  if (typeof value !== 'string') throw coreError('card/malformed');
  return value;
}

/** Absent and null are alike: some clients write the one, some the other. */
function optionalText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : requireText(value);
}
