/** Opens a database that is there and leaves its schema as it is: for what looks at an installation, perhaps of another release. */

import { existsSync } from 'node:fs';
import { Kysely, sql } from 'kysely';
import { operatorError } from '../operator-errors.ts';
import { PostgresHosts } from './dialect/postgres-hosts.ts';
import { createPostgresDialect } from './dialect/postgres.ts';
import { openSqlite } from './dialect/sqlite.ts';
import type { Schema } from './schema.ts';
import type { DatabaseLocation, Queryable, Store } from './store.ts';

export interface OpenDatabase extends Pick<Store, 'kind' | 'reader'> {
  readonly reader: Queryable;
  readonly close: () => Promise<void>;
}

const PATIENCE_MILLISECONDS = 2000;

/** @throws `database/missing`, and what the database says */
export async function openAsIs(location: DatabaseLocation): Promise<OpenDatabase> {
  const isFile = 'file' in location;
  if (isFile && !existsSync(location.file)) throw operatorError('database/missing');
  const dialect = isFile
    ? openSqlite(location.file)
    : createPostgresDialect(
        new PostgresHosts({ url: location.url, poolSize: 2, patienceMilliseconds: PATIENCE_MILLISECONDS }),
      );
  const reader = new Kysely<Schema>({ dialect });
  const close = () => reader.destroy();
  try {
    // Kysely closes only connections that were used.
    await sql`select 1`.execute(reader);
  } catch (error) {
    await close();
    throw error;
  }
  return { kind: isFile ? 'sqlite' : 'postgres', reader, close };
}
