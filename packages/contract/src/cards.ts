/** Cards, version 5: signed statements "this identity has this public key". */

export const CARD_PATHS = {
  cards: '/card/v5',
  card: '/card/v5/:id',
  search: '/card/v5/actions/search',
  outdated: '/card/v5/actions/outdated',
  revoke: '/card/v5/actions/revoke/:id',
} as const;

/** The code of `card/id-taken` in the table of errors: apart from it, so that a client can know it without bundling the table. */
export const CARD_ID_TAKEN = 71008;

/** The card's own key signs under this name; a card without it is refused. */
export const SELF_SIGNER = 'self';

/** The service signs under this name; no request may bring such a signature. */
export const SERVICE_SIGNER = 'virgil';

/** A signature over the snapshot's bytes followed by those of its own `snapshot`, if it has one. All base64. */
export interface RawSignature {
  readonly signer: string;
  readonly signature: string;
  readonly snapshot?: string;
}

/** A card as it is sent and stored: the base64 text of the snapshot is kept untouched, since id and signatures are over its bytes. */
export interface RawCard {
  readonly content_snapshot: string;
  readonly signatures: readonly RawSignature[];
}

export interface SearchCardsRequest {
  readonly identities: readonly string[];
  /** Empty or absent: cards of any type and of none. */
  readonly card_types?: readonly string[];
}

/** All cards of those identities, superseded ones included, except those of revoked chains. */
export type SearchCardsResponse = RawCard[];

export interface OutdatedCardsRequest {
  readonly card_ids: readonly string[];
}

/** Those of the ids that were asked for which are superseded or revoked; unknown ids are not among them. */
export type OutdatedCardsResponse = string[];

export type RevokeCardResponse = Record<string, never>;
