/** Queries about how much Keyknox stores. */

import { createHash } from 'node:crypto';
import type { KeyknoxUsageTable } from './schema.ts';
import type { Queryable } from './store.ts';

export interface Usage {
  readonly records: number;
  readonly bytes: number;
}

/** The identity under which earlier releases count a whole application: no token has it. */
const WHOLE_APPLICATION = '';
/** More than writes of one application that commit at one time. */
const PARTS = 32;
/** Where all who write have to wait for each other. */
const FIRST_PART = 0;

/** Adds to what is counted of an owner, or takes away, and tells what it comes to. */
export async function addUsage(db: Queryable, row: KeyknoxUsageTable): Promise<Usage> {
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

/** Adds the same to what is counted of the application of the owner. Owners of different parts do not wait for each other. */
export async function addApplicationUsage(db: Queryable, row: KeyknoxUsageTable): Promise<void> {
  await addToPart(db, partOf(row.identity), row);
}

/** The same where the sum decides: one after the other, each knows what those before it have written. */
export async function addAndSumApplicationUsage(db: Queryable, row: KeyknoxUsageTable): Promise<Usage> {
  await addToPart(db, FIRST_PART, row);
  return sumApplicationUsage(db, row.application_id);
}

export async function sumApplicationUsage(db: Queryable, appId: string): Promise<Usage> {
  const parts = await db
    .selectFrom('keyknox_application_usage')
    .select(({ fn }) => [fn.sum<number | null>('records').as('records'), fn.sum<number | null>('bytes').as('bytes')])
    .where('application_id', '=', appId)
    .executeTakeFirst();
  const before = await db
    .selectFrom('keyknox_usage')
    .select(['records', 'bytes'])
    .where('application_id', '=', appId)
    .where('identity', '=', WHOLE_APPLICATION)
    .executeTakeFirst();
  return {
    records: (parts?.records ?? 0) + (before?.records ?? 0),
    bytes: (parts?.bytes ?? 0) + (before?.bytes ?? 0),
  };
}

async function addToPart(db: Queryable, part: number, row: KeyknoxUsageTable): Promise<void> {
  const { application_id, records, bytes } = row;
  await db
    .insertInto('keyknox_application_usage')
    .values({ application_id, part, records, bytes })
    .onConflict((conflict) =>
      conflict.columns(['application_id', 'part']).doUpdateSet((eb) => ({
        records: eb('keyknox_application_usage.records', '+', eb.ref('excluded.records')),
        bytes: eb('keyknox_application_usage.bytes', '+', eb.ref('excluded.bytes')),
      })),
    )
    .execute();
}

function partOf(identity: string): number {
  return createHash('sha256').update(identity).digest().readUInt32BE() % PARTS;
}
