import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ratchet_identities')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('card_id', 'text', (column) => column.notNull())
    .addColumn('identity_key', 'bytea', (column) => column.notNull())
    .addColumn('long_term_key', 'bytea', (column) => column.notNull())
    .addColumn('long_term_signature', 'bytea', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('short_key_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('ratchet_identities_pk', ['application_id', 'identity'])
    .addForeignKeyConstraint('ratchet_identities_card_fk', ['application_id', 'card_id'], 'cards', [
      'application_id',
      'card_id',
    ])
    .execute();

  await db.schema
    .createTable('one_time_keys')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('short_key_id', 'text', (column) => column.notNull())
    .addColumn('public_key', 'bytea', (column) => column.notNull())
    .addPrimaryKeyConstraint('one_time_keys_pk', ['application_id', 'identity', 'key_id'])
    .execute();

  await db.schema
    .createTable('used_one_time_keys')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('used_one_time_keys_pk', ['application_id', 'identity', 'key_id'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['used_one_time_keys', 'one_time_keys', 'ratchet_identities']) {
    await db.schema.dropTable(table).execute();
  }
}
