/**
 * The tables. Every primary key starts with the application id, so that a distributed PostgreSQL can keep a tenant
 * together; every query goes by an index that does. Only what is of the installation as a whole is of no tenant.
 */

export interface Schema {
  applications: ApplicationsTable;
  app_keys: AppKeysTable;
  card_chains: CardChainsTable;
  cards: CardsTable;
  keyknox_values: KeyknoxValuesTable;
  keyknox_records: KeyknoxRecordsTable;
  keyknox_contents: KeyknoxContentsTable;
  keyknox_copies: KeyknoxCopiesTable;
  keyknox_usage: KeyknoxUsageTable;
  keyknox_application_usage: KeyknoxApplicationUsageTable;
  brain_key_guesses: BrainKeyGuessesTable;
  installation_facts: InstallationFactsTable;
  installation_settings: InstallationSettingsTable;
  nodes: NodesTable;
  ratchet_identities: RatchetIdentitiesTable;
  one_time_keys: OneTimeKeysTable;
  used_one_time_keys: UsedOneTimeKeysTable;
}

/** All times are milliseconds since 1970. */
export interface ApplicationsTable {
  application_id: string;
  name: string;
  created_at: number;
}

export interface AppKeysTable {
  application_id: string;
  app_key_id: string;
  name: string;
  /** DER SubjectPublicKeyInfo, base64. The private half never comes here. */
  public_key: string;
  created_at: number;
  revoked_at: number | null;
}

/**
 * A card and those that replaced it, one after the other, all of one identity. The row is what makes "neither replaced
 * nor revoked" a fact of the database: a replacement moves `head_card_id` from the card it replaces, which only one
 * can do, and a revocation of the chain is one update.
 */
export interface CardChainsTable {
  application_id: string;
  /** The id of its first card. */
  chain_id: string;
  head_card_id: string;
  revoked_at: number | null;
}

export interface CardsTable {
  application_id: string;
  card_id: string;
  chain_id: string;
  identity: string;
  card_type: string | null;
  /** Base64, exactly as it came. */
  content_snapshot: string;
  /** JSON of the signatures as they came, their base64 untouched. */
  signatures: string;
  /** Ours, base64, and the id of the key that made it. */
  service_signature: string;
  service_key_id: string;
  published_at: number;
}

/** Keyknox v1: the one value of a user, also when it was emptied, for its version. */
export interface KeyknoxValuesTable {
  application_id: string;
  identity: string;
  version: number;
  meta: Uint8Array;
  value: Uint8Array;
  hash: string;
}

/**
 * Keyknox v2. The names may be long, so ids that are hashes of them stand in the indexes: `record_id` of owner, root,
 * path and key, `folder_id` of the first three. `hash` is that of the last push; a push that knows it moves it, which
 * only one of several can do.
 */
export interface KeyknoxRecordsTable {
  application_id: string;
  record_id: string;
  folder_id: string;
  owner: string;
  root: string;
  path: string;
  key: string;
  hash: string;
}

/** What was pushed to a record, once for all who have a copy of it. */
export interface KeyknoxContentsTable {
  application_id: string;
  record_id: string;
  hash: string;
  meta: Uint8Array;
  value: Uint8Array;
  /** Of the two together, counted against the quota of the owner. */
  bytes: number;
}

/** Who takes part in a record, and which of its contents each of them reads. */
export interface KeyknoxCopiesTable {
  application_id: string;
  record_id: string;
  identity: string;
  folder_id: string;
  hash: string;
}

/**
 * What Keyknox stores of an owner, and, under the identity `""` that nobody has, of the application while it has a quota, as in
 * releases before 0005.
 */
export interface KeyknoxUsageTable {
  application_id: string;
  identity: string;
  records: number;
  bytes: number;
}

/**
 * What Keyknox stores of an application while it has no quota, in many parts, so that not all who write wait for one row. Its
 * usage is the sum of these and of the row under `""`.
 */
export interface KeyknoxApplicationUsageTable {
  application_id: string;
  part: number;
  records: number;
  bytes: number;
}

/** Two token buckets for each user, each as the time at which it will be full again. */
export interface BrainKeyGuessesTable {
  application_id: string;
  identity: string;
  burst_full_at: number;
  day_full_at: number;
}

/** What has to stay as it is for as long as there is this database, such as the fingerprint of a secret. */
export interface InstallationFactsTable {
  name: string;
  value: string;
}

/** What the operator tells all nodes, such as which service key signs. It may change while they run. */
export interface InstallationSettingsTable {
  name: string;
  value: string;
}

/** The processes that serve this database, each by an id that it makes at its start. */
export interface NodesTable {
  node_id: string;
  /** Of its machine. */
  name: string;
  version: string;
  started_at: number;
  /** By its own clock, every few seconds. */
  seen_at: number;
  /** A JSON list: of the service keys that it could sign with. */
  service_key_ids: string;
}

/** The two ids of a key, base64: of its DER, and of the last 32 bytes of it, as some clients take it. */
interface RatchetKeyIds {
  key_id: string;
  short_key_id: string;
}

/** The card under which a user has ratchet keys, and the long-term key. */
export interface RatchetIdentitiesTable extends RatchetKeyIds {
  application_id: string;
  identity: string;
  card_id: string;
  identity_key: Uint8Array;
  long_term_key: Uint8Array;
  long_term_signature: Uint8Array;
}

/** Those that were not handed out yet. */
export interface OneTimeKeysTable extends RatchetKeyIds {
  application_id: string;
  identity: string;
  public_key: Uint8Array;
}

/** Those that were, so that a repeated upload does not bring them back. */
export interface UsedOneTimeKeysTable {
  application_id: string;
  identity: string;
  key_id: string;
}
