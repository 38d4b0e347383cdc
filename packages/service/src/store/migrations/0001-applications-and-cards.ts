import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('applications')
    .addColumn('application_id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('app_keys')
    .addColumn('application_id', 'text', (column) => column.notNull().references('applications.application_id'))
    .addColumn('app_key_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at', 'bigint')
    .addPrimaryKeyConstraint('app_keys_pk', ['application_id', 'app_key_id'])
    .execute();

  await db.schema
    .createTable('card_chains')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('chain_id', 'text', (column) => column.notNull())
    .addColumn('head_card_id', 'text', (column) => column.notNull())
    .addColumn('revoked_at', 'bigint')
    .addPrimaryKeyConstraint('card_chains_pk', ['application_id', 'chain_id'])
    .execute();

  await db.schema
    .createTable('cards')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('card_id', 'text', (column) => column.notNull())
    .addColumn('chain_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('card_type', 'text')
    .addColumn('content_snapshot', 'text', (column) => column.notNull())
    .addColumn('signatures', 'text', (column) => column.notNull())
    .addColumn('service_signature', 'text', (column) => column.notNull())
    .addColumn('service_key_id', 'text', (column) => column.notNull())
    .addColumn('published_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('cards_pk', ['application_id', 'card_id'])
    .addForeignKeyConstraint('cards_chain_fk', ['application_id', 'chain_id'], 'card_chains', [
      'application_id',
      'chain_id',
    ])
    .execute();
  await db.schema.createIndex('cards_by_identity').on('cards').columns(['application_id', 'identity']).execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['cards', 'card_chains', 'app_keys', 'applications']) {
    await db.schema.dropTable(table).execute();
  }
}
