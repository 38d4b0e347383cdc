import type { Kysely } from 'kysely';

// `bytea` is the name that PostgreSQL knows; SQLite stores bytes as they are in a column of any name.
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('keyknox_values')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('meta', 'bytea', (column) => column.notNull())
    .addColumn('value', 'bytea', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyknox_values_pk', ['application_id', 'identity'])
    .execute();

  await db.schema
    .createTable('keyknox_records')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('record_id', 'text', (column) => column.notNull())
    .addColumn('folder_id', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('root', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyknox_records_pk', ['application_id', 'record_id'])
    .execute();
  await db.schema
    .createIndex('keyknox_records_by_owner')
    .on('keyknox_records')
    .columns(['application_id', 'owner', 'folder_id'])
    .execute();

  await db.schema
    .createTable('keyknox_contents')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('record_id', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('meta', 'bytea', (column) => column.notNull())
    .addColumn('value', 'bytea', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyknox_contents_pk', ['application_id', 'record_id', 'hash'])
    .addForeignKeyConstraint('keyknox_contents_record_fk', ['application_id', 'record_id'], 'keyknox_records', [
      'application_id',
      'record_id',
    ])
    .execute();

  await db.schema
    .createTable('keyknox_copies')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('record_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('folder_id', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyknox_copies_pk', ['application_id', 'record_id', 'identity'])
    .addForeignKeyConstraint('keyknox_copies_content_fk', ['application_id', 'record_id', 'hash'], 'keyknox_contents', [
      'application_id',
      'record_id',
      'hash',
    ])
    .execute();
  await db.schema
    .createIndex('keyknox_copies_by_identity')
    .on('keyknox_copies')
    .columns(['application_id', 'identity', 'folder_id'])
    .execute();
  // Whether a content has a reader left is asked at each push.
  await db.schema
    .createIndex('keyknox_copies_by_content')
    .on('keyknox_copies')
    .columns(['application_id', 'record_id', 'hash'])
    .execute();

  await db.schema
    .createTable('keyknox_usage')
    .addColumn('application_id', 'text', (column) => column.notNull())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('records', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('keyknox_usage_pk', ['application_id', 'identity'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['keyknox_usage', 'keyknox_copies', 'keyknox_contents', 'keyknox_records', 'keyknox_values']) {
    await db.schema.dropTable(table).execute();
  }
}
