/** Queries about what all nodes are told by their operator, who may change it while they run. */

import type { Queryable } from './store.ts';

/** The id of the key that signs cards. Queries about cards read it with them. */
export const SERVICE_KEY_SETTING = 'service-key-id';

export async function findSetting(db: Queryable, name: string): Promise<string | undefined> {
  return (await selectSetting(db, name).executeTakeFirst())?.value;
}

/** As part of another query. */
export function selectSetting(db: Queryable, name: string) {
  return db.selectFrom('installation_settings').select('installation_settings.value').where('name', '=', name);
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
