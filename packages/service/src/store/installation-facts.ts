import type { Queryable } from './store.ts';

export async function findFact(db: Queryable, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('installation_facts').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

/** Does nothing if it is there: a fact does not change. */
export async function insertFact(db: Queryable, name: string, value: string): Promise<void> {
  await db
    .insertInto('installation_facts')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}
