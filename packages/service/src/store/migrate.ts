/** The numbered migrations, run in order when a store is opened. A migration that was released is never edited. */

import { Migrator, type Kysely, type Migration } from 'kysely';
import type { Schema } from './schema.ts';
import * as applicationsAndCards from './migrations/0001-applications-and-cards.ts';
import * as keyknox from './migrations/0002-keyknox.ts';
import * as brainKeys from './migrations/0003-brain-keys.ts';
import * as ratchetKeys from './migrations/0004-ratchet-keys.ts';
import * as nodes from './migrations/0005-nodes.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-applications-and-cards': applicationsAndCards,
  '0002-keyknox': keyknox,
  '0003-brain-keys': brainKeys,
  '0004-ratchet-keys': ratchetKeys,
  '0005-nodes': nodes,
};

export function createMigrator(db: Kysely<Schema>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
}

/**
 * Brings the schema up to date. A migration that fails leaves nothing behind. A schema that is newer than we are is left as
 * it is: nodes of two releases serve one database while they are replaced, so a migration takes away nothing that the
 * release before it needs.
 */
export async function migrateToLatest(db: Kysely<Schema>): Promise<void> {
  const migrator = createMigrator(db);
  if (!(await hasPending(migrator))) return;
  const { error } = await migrator.migrateToLatest();
  // A node of a newer release may have been quicker.
  if (error === undefined || !(await hasPending(migrator))) return;
  throw new Error('a migration failed, nothing of it was kept', { cause: error });
}

async function hasPending(migrator: Migrator): Promise<boolean> {
  return (await migrator.getMigrations()).some(({ executedAt }) => executedAt === undefined);
}
