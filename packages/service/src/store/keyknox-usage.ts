/** Queries about how much Keyknox stores. */

import { createHash } from 'node:crypto';
import type { KeyknoxUsageTable } from './schema.ts';
import type { Queryable } from './store.ts';

export interface Usage {
  readonly records: number;
  readonly bytes: number;
}

/** The identity under which a whole application is counted where the sum decides, as in releases before 0005: no token has it. */
const WHOLE_APPLICATION = '';
/** More than writes of one application that commit at one time. */
const PARTS = 32;

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
  const { records, bytes } = await addUsage(db, { ...row, identity: WHOLE_APPLICATION });
  const parts = await sumParts(db, row.application_id);
  return { records: records + parts.records, bytes: bytes + parts.bytes };
}

async function sumParts(db: Queryable, appId: string): Promise<Usage> {
  const { records, bytes } = await db
    .selectFrom('keyknox_application_usage')
    .select(({ fn }) => [fn.sum<number | null>('records').as('records'), fn.sum<number | null>('bytes').as('bytes')])
    .where('application_id', '=', appId)
    .executeTakeFirstOrThrow();
  return { records: records ?? 0, bytes: bytes ?? 0 };
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
