/**
 * The tables. Every primary key starts with the application id, so that a distributed PostgreSQL can keep a tenant
 * together; every query goes by an index that does.
 */

export interface Schema {
  applications: ApplicationsTable;
  app_keys: AppKeysTable;
  card_chains: CardChainsTable;
  cards: CardsTable;
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
