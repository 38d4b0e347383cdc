/** Queries about applications and their App Keys. */

import type { Selectable } from 'kysely';
import type { ApplicationsTable, AppKeysTable } from './schema.ts';
import type { Queryable } from './store.ts';

export interface AppKeyPath {
  readonly appId: string;
  readonly appKeyId: string;
}

export async function insertApplication(db: Queryable, row: ApplicationsTable): Promise<void> {
  await db.insertInto('applications').values(row).execute();
}

export async function applicationsByAge(db: Queryable): Promise<Selectable<ApplicationsTable>[]> {
  return db.selectFrom('applications').selectAll().orderBy('created_at').orderBy('application_id').execute();
}

export async function hasApplication(db: Queryable, appId: string): Promise<boolean> {
  const row = await db
    .selectFrom('applications')
    .select('application_id')
    .where('application_id', '=', appId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertAppKey(db: Queryable, row: AppKeysTable): Promise<void> {
  await db.insertInto('app_keys').values(row).execute();
}

export async function appKeysByApplication(db: Queryable, appId: string): Promise<Selectable<AppKeysTable>[]> {
  return db
    .selectFrom('app_keys')
    .selectAll()
    .where('application_id', '=', appId)
    .orderBy('created_at')
    .orderBy('app_key_id')
    .execute();
}

/** The public key, base64, of an App Key that was not revoked. */
export async function findActivePublicKey(db: Queryable, { appId, appKeyId }: AppKeyPath): Promise<string | undefined> {
  const row = await db
    .selectFrom('app_keys')
    .select('public_key')
    .where('application_id', '=', appId)
    .where('app_key_id', '=', appKeyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row?.public_key;
}

/** Marks a key as revoked, keeping the time of an earlier revocation. False if there is no such key. */
export async function markAppKeyRevoked(
  db: Queryable,
  { appId, appKeyId, revokedAt }: AppKeyPath & { readonly revokedAt: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('app_keys')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(revokedAt)) }))
    .where('application_id', '=', appId)
    .where('app_key_id', '=', appKeyId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
