/** Queries about how much Keyknox stores. */

import type { Selectable } from 'kysely';
import type { KeyknoxUsageTable } from './schema.ts';
import type { Queryable } from './store.ts';

/** The identity that stands for a whole application: no token has it. */
export const WHOLE_APPLICATION = '';

/** Adds to what is counted, or takes away, and tells what it comes to. */
export async function addUsage(
  db: Queryable,
  row: KeyknoxUsageTable,
): Promise<Pick<Selectable<KeyknoxUsageTable>, 'records' | 'bytes'>> {
  return db
    .insertInto('keyknox_usage')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['application_id', 'identity']).doUpdateSet((eb) => ({
        records: eb('keyknox_usage.records', '+', eb.ref('excluded.records')),
        bytes: eb('keyknox_usage.bytes', '+', eb.ref('excluded.bytes')),
      })),
    )
    .returning(['records', 'bytes'])
    .executeTakeFirstOrThrow();
}
