/** Queries about the one value per user of Keyknox v1. */

import type { Selectable } from 'kysely';
import type { KeyknoxValuesTable } from './schema.ts';
import type { Queryable } from './store.ts';

export async function findKeyknoxValue(
  db: Queryable,
  { appId, identity }: { readonly appId: string; readonly identity: string },
): Promise<Selectable<KeyknoxValuesTable> | undefined> {
  return db
    .selectFrom('keyknox_values')
    .selectAll()
    .where('application_id', '=', appId)
    .where('identity', '=', identity)
    .executeTakeFirst();
}

/** False if there is one. */
export async function insertKeyknoxValue(db: Queryable, row: KeyknoxValuesTable): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('keyknox_values')
    .values(row)
    .onConflict((conflict) => conflict.columns(['application_id', 'identity']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** Puts the row in place of the one before it by number. False if that is not the one that is there. */
export async function replaceKeyknoxValue(db: Queryable, row: KeyknoxValuesTable): Promise<boolean> {
  const { application_id, identity, ...content } = row;
  const { numUpdatedRows } = await db
    .updateTable('keyknox_values')
    .set(content)
    .where('application_id', '=', application_id)
    .where('identity', '=', identity)
    .where('version', '=', row.version - 1)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
