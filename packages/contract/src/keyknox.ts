/**
 * Keyknox: values that were encrypted on a device, kept for their readers. Version 1 has one value per user, version 2
 * records by name that an owner shares. What is not there is no error but an empty answer, and every answer but that to
 * `keys` has the hash of the value in a header, for the next push to name.
 */

export const KEYKNOX_PATHS = {
  value: '/keyknox/v1',
  resetValue: '/keyknox/v1/reset',
  push: '/keyknox/v2/push',
  pull: '/keyknox/v2/pull',
  keys: '/keyknox/v2/keys',
  reset: '/keyknox/v2/reset',
} as const;

/** Base64. The service does not know what they hold. */
export interface KeyknoxContent {
  readonly meta: string;
  readonly value: string;
}

/** An empty one has `""` for both. */
export interface KeyknoxValue extends KeyknoxContent {
  /** `N.0`, N counting the changes. */
  readonly version: string;
}

export interface KeyknoxName {
  readonly root: string;
  readonly path: string;
  readonly key: string;
}

/** A record as one of its participants sees it. To others it is empty: no identities, and `""` for meta and value. */
export interface KeyknoxRecord extends KeyknoxName, KeyknoxContent {
  readonly owner: string;
  /** All participants. */
  readonly identities: readonly string[];
}

export interface PushKeyknoxRequest extends KeyknoxName, KeyknoxContent {
  /** Who gets this content, besides those who take part already and keep what they have. */
  readonly identities: readonly string[];
}

export interface PullKeyknoxRequest extends KeyknoxName {
  /** The owner; the caller unless given. */
  readonly identity?: string;
}

export interface ListKeyknoxRequest {
  readonly root?: string;
  readonly path?: string;
  /** The owner; the caller unless given. */
  readonly identity?: string;
}

/** The keys of a path; without a path the paths of a root, without a root the roots. */
export type ListKeyknoxResponse = string[];

export interface ResetKeyknoxRequest extends Partial<KeyknoxName> {
  /** The participant to remove; without one the records go. */
  readonly identity?: string;
}
