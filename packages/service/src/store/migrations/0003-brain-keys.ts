import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('brain_key_guesses')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('burst_full_at', 'bigint', (column) => column.notNull())
    .addColumn('day_full_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('brain_key_guesses_pk', ['application_id', 'identity'])
    .execute();

  await db.schema
    .createTable('installation_facts')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['installation_facts', 'brain_key_guesses']) await db.schema.dropTable(table).execute();
}
