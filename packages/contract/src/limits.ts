/** What the service takes in one request. Published under `/.well-known/sotto`. */
export const LIMITS = {
  /** 2 MiB: a stored value of 1 MiB is 1.4 MB of base64. */
  bodyBytes: 2 * 1024 * 1024,
  /** In UTF-8, and those of other names too. Longer keys do not fit an index page of PostgreSQL. */
  identityBytes: 2048,
  identitiesPerSearch: 1000,
  cardTypesPerSearch: 100,
  cardIdsPerRequest: 1000,
  signaturesPerCard: 100,
  identitiesPerPush: 1000,
  oneTimeKeysPerRequest: 1000,
  /** Each may cost a write, and all of them are one step. */
  identitiesPerPick: 200,
} as const satisfies Readonly<Record<string, number>>;

export type Limits = Readonly<Record<keyof typeof LIMITS, number>>;
