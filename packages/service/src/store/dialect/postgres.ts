/** PostgreSQL behind Kysely, through pg: how its texts are compared, and rows locked. */

import {
  type Dialect,
  type Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresQueryCompiler,
  type QueryCompiler,
  type SelectQueryBuilder,
} from 'kysely';
import type { PostgresHosts } from './postgres-hosts.ts';

export function createPostgresDialect(hosts: PostgresHosts): Dialect {
  return new PlainTextDialect({ pool: hosts });
}

/**
 * Locks the rows that a query finds until the end of the transaction, in a database with several writers. In SQLite the
 * transaction is alone from its beginning.
 */
export function lockFound<DB, TB extends keyof DB, O>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, O>,
  table: TB & string,
): SelectQueryBuilder<DB, TB, O> {
  return db.getExecutor().adapter instanceof PostgresAdapter ? query.forUpdate(table) : query;
}

/**
 * Texts are compared byte by byte, as SQLite does it, whatever language the server was set up for: indexes in the order of
 * a language break when the rules of the system's library change.
 */
class PlainTextDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return new PlainTextCompiler();
  }
}

class PlainTextCompiler extends PostgresQueryCompiler {
  protected override visitDataType(...[node]: Parameters<PostgresQueryCompiler['visitDataType']>): void {
    this.append(node.dataType === 'text' ? 'text collate "C"' : node.dataType);
  }
}
