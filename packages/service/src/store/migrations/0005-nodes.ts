import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('nodes')
    .addColumn('node_id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .addColumn('service_key_ids', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('installation_settings')
    .addColumn('name', 'text', (column) => column.notNull().primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('keyknox_application_usage')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('records', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyknox_application_usage_pk', ['application_id', 'part'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['keyknox_application_usage', 'installation_settings', 'nodes']) {
    await db.schema.dropTable(table).execute();
  }
}
