/** The numbered migrations, run in order when a store is opened. A migration that was released is never edited. */

import { Migrator, type Kysely, type Migration } from 'kysely';
import type { Schema } from './schema.ts';
import * as applicationsAndCards from './migrations/0001-applications-and-cards.ts';
import * as keyknox from './migrations/0002-keyknox.ts';
import * as brainKeys from './migrations/0003-brain-keys.ts';
import * as ratchetKeys from './migrations/0004-ratchet-keys.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-applications-and-cards': applicationsAndCards,
  '0002-keyknox': keyknox,
  '0003-brain-keys': brainKeys,
  '0004-ratchet-keys': ratchetKeys,
};

export function createMigrator(db: Kysely<Schema>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
}

/** Brings the schema up to date. A migration that fails leaves nothing behind. */
export async function migrateToLatest(db: Kysely<Schema>): Promise<void> {
  const { error } = await createMigrator(db).migrateToLatest();
  if (error !== undefined) throw new Error('a migration failed, nothing of it was kept', { cause: error });
}
