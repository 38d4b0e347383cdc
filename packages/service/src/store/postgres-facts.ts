/** What a server of PostgreSQL says of itself, as far as a service depends on it. */

import { sql } from 'kysely';
import type { Queryable } from './store.ts';

export interface PostgresFacts {
  /** Such as 150004. */
  readonly versionNumber: number;
  /** Such as "15.4". */
  readonly version: string;
  readonly encoding: string;
  /** Whether the connection is encrypted, or leaves the machine not at all. */
  readonly isPrivate: boolean;
  /** That may be opened, and that are. */
  readonly connections: { readonly most: number; readonly used: number };
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly bytes: number;
  /** Whether a commit waits for another server. */
  readonly hasSynchronousStandby: boolean;
}

export async function readPostgresFacts(db: Queryable): Promise<PostgresFacts> {
  const { rows } = await sql<{
    version_number: number;
    version: string;
    encoding: string;
    is_private: boolean;
    most: number;
    used: number;
    now: number;
    bytes: number;
    standbys: string;
  }>`select current_setting('server_version_num')::int as version_number,
      current_setting('server_version') as version,
      current_setting('server_encoding') as encoding,
      inet_client_addr() is null or inet_client_addr() = inet_server_addr()
        or coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as is_private,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
      (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
      floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now,
      pg_database_size(current_database()) as bytes,
      current_setting('synchronous_standby_names') as standbys`.execute(db);
  const row = rows[0]!; // a select without a table has one row
  return {
    versionNumber: row.version_number,
    version: row.version.split(' ', 1)[0] ?? row.version,
    encoding: row.encoding,
    isPrivate: row.is_private,
    connections: { most: row.most, used: row.used },
    now: row.now,
    bytes: row.bytes,
    hasSynchronousStandby: row.standbys !== '',
  };
}
