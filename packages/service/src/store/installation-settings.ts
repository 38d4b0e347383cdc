/** Queries about what all nodes are told by their operator, who may change it while they run. */

import { sql } from 'kysely';
import type { Queryable } from './store.ts';

/** The id of the key that signs cards. */
export const SERVICE_KEY_SETTING = 'service-key-id';

/**
 * The same as a column of queries about cards, null where there is none. Built once: as a query of its own it would cost each of
 * them 30 µs, a tenth of a search.
 */
export const activeServiceKeyId = sql<string | null>`(
  select value from installation_settings where name = ${sql.lit(SERVICE_KEY_SETTING)}
)`.as('active_key_id');

export async function findSetting(db: Queryable, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('installation_settings').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

/** Does nothing if there is a value. */
export async function insertSetting(db: Queryable, name: string, value: string): Promise<void> {
  await db
    .insertInto('installation_settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

export async function setSetting(db: Queryable, name: string, value: string): Promise<void> {
  await db
    .insertInto('installation_settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** False if it was not `from` any more. */
export async function replaceSetting(
  db: Queryable,
  { name, from, to }: { readonly name: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('installation_settings')
    .set({ value: to })
    .where('name', '=', name)
    .where('value', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
