/**
 * Brain keys: the service's half of turning a password into a key. It sees a blinded password and cannot tell which, and
 * counts how often each user asks. Points and numbers are base64; both protocols are documented in docs/spec/brain-key.md.
 */

export const BRAIN_KEY_PATHS = {
  /** Pythia, over BLS12-381. */
  pythia: '/pythia/v1/brainkey',
  /** Over P-256, with a proof. */
  harden: '/brainkey/v3/harden',
} as const;

export interface BrainKeyRequest {
  /** 49 bytes; from one release of a client 65, a point of P-256. */
  readonly blinded_password: string;
  /** Absent, null and empty are one. */
  readonly brainkey_id?: string;
}

export interface BrainKeyResponse {
  /** 384 bytes, or 65. */
  readonly seed: string;
}

export interface HardenRequest {
  /** 65 bytes. */
  readonly blinded_point: string;
}

export interface HardenResponse {
  readonly hardened_point: string;
  readonly server_public_key: string;
  readonly proof_value_c: string;
  readonly proof_value_s: string;
}
