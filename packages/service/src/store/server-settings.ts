/** Settings of a PostgreSQL server with which it loses what it has acknowledged when power or a process fails. */

import { sql } from 'kysely';
import type { Queryable } from './store.ts';

export interface WeakSetting {
  readonly name: string;
  readonly remedy: string;
}

const REMEDIES: Readonly<Record<string, string>> = {
  fsync: 'Turn it on in postgresql.conf.',
  full_page_writes: 'Turn it on in postgresql.conf, unless the file system writes pages whole.',
  synchronous_commit: 'The service turns it on for its own sessions; turn it on in postgresql.conf too.',
};

/** As the server has them for everybody; our own sessions may have stronger ones. */
export async function findWeakSettings(db: Queryable): Promise<WeakSetting[]> {
  const { rows } = await sql<{ name: string }>`
    select name from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit')
      and (case when name = 'synchronous_commit' then reset_val else setting end) in ('off', 'local')
    order by name`.execute(db);
  return rows.map(({ name }) => ({ name, remedy: REMEDIES[name] ?? '' }));
}
