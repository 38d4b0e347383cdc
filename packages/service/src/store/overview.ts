/** How much there is in a database, and of which release it is. */

import { statSync } from 'node:fs';
import { sql } from 'kysely';
import { migrationsOf } from './digest.ts';
import { findSetting, SERVICE_KEY_SETTING } from './installation-settings.ts';
import { MIGRATIONS } from './migrate.ts';
import { NODE_GONE_MILLISECONDS, nodesSeenSince } from './nodes.ts';
import type { OpenDatabase } from './open-as-is.ts';
import type { Queryable } from './store.ts';
import type { TableName } from './tables.ts';

/** Of the tables that tell how an installation grows. */
export interface Counts {
  readonly applications: number;
  readonly cards: number;
  readonly keyknoxRecords: number;
  readonly keyknoxValues: number;
}

export interface Overview {
  readonly counts: Counts;
  /** From the statistics of PostgreSQL, which lag behind; counted in SQLite. */
  readonly isEstimated: boolean;
  readonly migrations: MigrationState;
  /** Those that run, the oldest first. */
  readonly nodes: readonly RunningNode[];
  /** When the database was restored last, and from a backup of when; ISO 8601. */
  readonly restored?: { readonly at: string; readonly backupOf: string };
}

export interface RunningNode {
  readonly name: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface MigrationState {
  readonly latest: string | undefined;
  /** Of ours, not run yet. */
  readonly pending: readonly string[];
  /** Run by a newer release. */
  readonly unknown: readonly string[];
}

/** Before the time in the name of a fact, whose value is the time of the backup. */
export const RESTORE_FACT = 'restored-at ';

/** `now`: milliseconds since 1970. */
export async function readOverview({ kind, reader }: OpenDatabase, now = Date.now()): Promise<Overview> {
  const count = kind === 'postgres' ? estimateRows : countRows;
  const [applications, cards, keyknoxRecords, keyknoxValues] = await Promise.all([
    countRows(reader, 'applications'),
    count(reader, 'cards'),
    count(reader, 'keyknox_records'),
    count(reader, 'keyknox_values'),
  ]);
  const restored = await findLastRestore(reader);
  return {
    counts: { applications, cards, keyknoxRecords, keyknoxValues },
    isEstimated: kind === 'postgres',
    migrations: await readMigrationState(reader),
    nodes: await readNodes(reader, now),
    ...(restored && { restored }),
  };
}

export async function readMigrationState(db: Queryable): Promise<MigrationState> {
  const done = await migrationsOf(db);
  const ours = Object.keys(MIGRATIONS);
  return {
    latest: done.at(-1),
    pending: ours.filter((name) => !done.includes(name)),
    unknown: done.filter((name) => !ours.includes(name)),
  };
}

async function readNodes(db: Queryable, now: number): Promise<RunningNode[]> {
  if (!(await hasInstallationTables(db))) return [];
  return (await nodesSeenSince(db, now - NODE_GONE_MILLISECONDS)).map(({ name, version, started_at: startedAt }) => ({
    name,
    version,
    startedAt: new Date(startedAt).toISOString(),
  }));
}

/** Of the key that signs cards; undefined also before there was such a setting. */
export async function findServiceKeyId(db: Queryable): Promise<string | undefined> {
  return (await hasInstallationTables(db)) ? findSetting(db, SERVICE_KEY_SETTING) : undefined;
}

async function hasInstallationTables(db: Queryable): Promise<boolean> {
  return (await migrationsOf(db)).includes('0005-nodes');
}

/** Of the database file, with what SQLite keeps beside it. */
export function sqliteBytes(file: string): number {
  const sizes = ['', '-wal'].map((suffix) => statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function countRows(db: Queryable, table: TableName): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** A table that was never analyzed has none: it is small, or new, and is counted. */
async function estimateRows(db: Queryable, table: TableName): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select reltuples::bigint as count from pg_class where oid = to_regclass(${table})`.execute(db);
  const estimate = rows[0]?.count ?? -1;
  return estimate < 0 ? countRows(db, table) : estimate;
}

async function findLastRestore(db: Queryable): Promise<{ at: string; backupOf: string } | undefined> {
  const rows = await db
    .selectFrom('installation_facts')
    .select(['name', 'value'])
    .where('name', 'like', `${RESTORE_FACT}%`)
    .orderBy('name', 'desc')
    .limit(1)
    .execute();
  return rows[0] && { at: rows[0].name.slice(RESTORE_FACT.length), backupOf: rows[0].value };
}
