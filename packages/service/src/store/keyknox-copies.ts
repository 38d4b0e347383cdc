/** Queries about what was pushed to records of Keyknox v2, and who has a copy of which content. */

import { folderId, recordId, recordIdsBy, type RecordFilter, type RecordName } from './keyknox-names.ts';
import type { KeyknoxContentsTable } from './schema.ts';
import type { Queryable } from './store.ts';

export type RecordContent = Pick<KeyknoxContentsTable, 'hash' | 'meta' | 'value'>;

/** Everyone who takes part, and of one of them the content. In one query, so that the two belong together. */
export async function copiesOfRecord(
  db: Queryable,
  name: RecordName,
  reader: string,
): Promise<{ identity: string; hash: string; meta: Uint8Array | null; value: Uint8Array | null }[]> {
  return db
    .selectFrom('keyknox_copies')
    .leftJoin('keyknox_contents', (join) =>
      join
        .onRef('keyknox_contents.application_id', '=', 'keyknox_copies.application_id')
        .onRef('keyknox_contents.record_id', '=', 'keyknox_copies.record_id')
        .onRef('keyknox_contents.hash', '=', 'keyknox_copies.hash')
        .on('keyknox_copies.identity', '=', reader),
    )
    .select(['keyknox_copies.identity', 'keyknox_copies.hash', 'keyknox_contents.meta', 'keyknox_contents.value'])
    .where('keyknox_copies.application_id', '=', name.appId)
    .where('keyknox_copies.record_id', '=', recordId(name))
    .orderBy('keyknox_copies.identity')
    .execute();
}

export async function participantsOfRecord(db: Queryable, name: RecordName): Promise<string[]> {
  const rows = await db
    .selectFrom('keyknox_copies')
    .select('identity')
    .where('application_id', '=', name.appId)
    .where('record_id', '=', recordId(name))
    .execute();
  return rows.map(({ identity }) => identity);
}

/** How many bytes it adds: none if the record has this content already. */
export async function insertContent(db: Queryable, name: RecordName, content: RecordContent): Promise<number> {
  const bytes = content.meta.length + content.value.length;
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('keyknox_contents')
    .values({ application_id: name.appId, record_id: recordId(name), ...content, bytes })
    .onConflict((conflict) => conflict.columns(['application_id', 'record_id', 'hash']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n ? bytes : 0;
}

/** Gives these identities the content with that hash, in place of what they had. */
export async function putCopies(
  db: Queryable,
  name: RecordName,
  { identities, hash }: { readonly identities: readonly string[]; readonly hash: string },
): Promise<void> {
  const place = { application_id: name.appId, record_id: recordId(name), folder_id: folderId(name), hash };
  await db
    .insertInto('keyknox_copies')
    .values(identities.map((identity) => ({ ...place, identity })))
    .onConflict((conflict) =>
      conflict
        .columns(['application_id', 'record_id', 'identity'])
        .doUpdateSet((eb) => ({ hash: eb.ref('excluded.hash') })),
    )
    .execute();
}

/** Takes the copies of one identity away, or all of them. */
export async function deleteCopies(db: Queryable, filter: RecordFilter, identity?: string): Promise<void> {
  let query = db
    .deleteFrom('keyknox_copies')
    .where('application_id', '=', filter.appId)
    .where('record_id', 'in', recordIdsBy(db, filter));
  if (identity !== undefined) query = query.where('identity', '=', identity);
  await query.execute();
}

/** Deletes contents that nobody has a copy of, and then records that are left without any. How much that was. */
export async function deleteUnread(
  db: Queryable,
  filter: RecordFilter,
): Promise<{ readonly records: number; readonly bytes: number }> {
  const contents = await db
    .deleteFrom('keyknox_contents')
    .where('application_id', '=', filter.appId)
    .where('record_id', 'in', recordIdsBy(db, filter))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('keyknox_copies')
            .select('keyknox_copies.identity')
            .where('keyknox_copies.application_id', '=', filter.appId)
            .whereRef('keyknox_copies.record_id', '=', 'keyknox_contents.record_id')
            .whereRef('keyknox_copies.hash', '=', 'keyknox_contents.hash'),
        ),
      ),
    )
    .returning('bytes')
    .execute();
  const { numDeletedRows } = await db
    .deleteFrom('keyknox_records')
    .where('application_id', '=', filter.appId)
    .where('record_id', 'in', recordIdsBy(db, filter))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('keyknox_copies')
            .select('keyknox_copies.identity')
            .where('keyknox_copies.application_id', '=', filter.appId)
            .whereRef('keyknox_copies.record_id', '=', 'keyknox_records.record_id'),
        ),
      ),
    )
    .executeTakeFirst();
  return { records: Number(numDeletedRows), bytes: contents.reduce((sum, { bytes }) => sum + bytes, 0) };
}
