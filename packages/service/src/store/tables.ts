/**
 * What a copy of the database consists of: each table with its primary key, a table after those that its rows refer to. The type
 * wants every table of the schema; a test holds the rest to the database itself.
 */

import type { Schema } from './schema.ts';

/** All but that of the nodes, which run over one database and not over its copy. */
export type TableName = Exclude<keyof Schema, 'nodes'>;

export interface TableDescription<Columns> {
  readonly key: readonly (keyof Columns & string)[];
  /** Columns that may hold a megabyte or two. */
  readonly bulky: readonly (keyof Columns & string)[];
}

export const TABLES: { readonly [Name in TableName]: TableDescription<Schema[Name]> } = {
  installation_facts: { key: ['name'], bulky: [] },
  installation_settings: { key: ['name'], bulky: [] },
  applications: { key: ['application_id'], bulky: [] },
  app_keys: { key: ['application_id', 'app_key_id'], bulky: [] },
  card_chains: { key: ['application_id', 'chain_id'], bulky: [] },
  cards: { key: ['application_id', 'card_id'], bulky: ['content_snapshot', 'signatures'] },
  ratchet_identities: { key: ['application_id', 'identity'], bulky: [] },
  one_time_keys: { key: ['application_id', 'identity', 'key_id'], bulky: [] },
  used_one_time_keys: { key: ['application_id', 'identity', 'key_id'], bulky: [] },
  keyknox_values: { key: ['application_id', 'identity'], bulky: ['meta', 'value'] },
  keyknox_records: { key: ['application_id', 'record_id'], bulky: [] },
  keyknox_contents: { key: ['application_id', 'record_id', 'hash'], bulky: ['meta', 'value'] },
  keyknox_copies: { key: ['application_id', 'record_id', 'identity'], bulky: [] },
  keyknox_usage: { key: ['application_id', 'identity'], bulky: [] },
  keyknox_application_usage: { key: ['application_id', 'part'], bulky: [] },
  brain_key_guesses: { key: ['application_id', 'identity'], bulky: [] },
};

/** In the order in which they are copied. */
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(TABLES, name);
}
