/**
 * Ratchet keys: public keys that a user leaves with the service, so that others can begin a conversation while that user
 * is away. Each one-time key is handed out once. Keys, signatures and ids are base64; an id is the first 8 bytes of
 * SHA-512 of the key's DER, or, from some clients, of the last 32 bytes of it.
 */

export const RATCHET_KEY_PATHS = {
  keys: '/pfs/v3/keys',
  validate: '/pfs/v3/keys/actions/validate',
  pickOne: '/pfs/v3/keys/actions/pick-one',
  pickBatch: '/pfs/v3/keys/actions/pick-batch',
} as const;

export interface SignedRatchetKey {
  readonly public_key: string;
  /** By the key of the identity card, over the DER of this one. */
  readonly signature: string;
}

export interface UploadRatchetKeysRequest {
  /** Needed once, and again after a new card. */
  readonly identity_card_id?: string;
  readonly long_term_key?: SignedRatchetKey;
  readonly one_time_keys?: readonly string[];
}

/** Of an upload and a deletion. */
export type RatchetKeysDoneResponse = Record<string, never>;

export interface ValidateRatchetKeysRequest {
  readonly long_term_key_id?: string;
  readonly one_time_keys_ids?: readonly string[];
}

/** Those of the ids whose key is used or unknown. */
export interface ValidateRatchetKeysResponse {
  readonly used_long_term_key_id?: string;
  readonly used_one_time_keys_ids: readonly string[];
}

export interface PickRatchetKeysRequest {
  readonly identity: string;
}

export interface PickedRatchetKeys {
  readonly identity_key: string;
  readonly long_term_key: SignedRatchetKey;
  /** Absent when none is left. */
  readonly one_time_key?: string;
}

export interface PickRatchetKeysBatchRequest {
  readonly identities: readonly string[];
}

/** One for each identity that has keys, in the order in which they were asked for. */
export type PickRatchetKeysBatchResponse = (PickedRatchetKeys & { readonly identity: string })[];
