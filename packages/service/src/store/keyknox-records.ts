/** Queries about the records of Keyknox v2. Who reads what of them is in `keyknox-copies.ts`. */

import { folderId, recordId, recordIdsBy, type RecordFilter, type RecordName } from './keyknox-names.ts';
import type { Queryable } from './store.ts';

/** The hash of the last push, undefined if there is no such record. */
export async function findRecordHash(db: Queryable, name: RecordName): Promise<string | undefined> {
  const row = await db
    .selectFrom('keyknox_records')
    .select('hash')
    .where('application_id', '=', name.appId)
    .where('record_id', '=', recordId(name))
    .executeTakeFirst();
  return row?.hash;
}

/** False if there is one by that name. */
export async function insertRecord(db: Queryable, name: RecordName, hash: string): Promise<boolean> {
  const { appId, owner, root, path, key } = name;
  const ids = { record_id: recordId(name), folder_id: folderId(name) };
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('keyknox_records')
    .values({ application_id: appId, ...ids, owner, root, path, key, hash })
    .onConflict((conflict) => conflict.columns(['application_id', 'record_id']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

/** False if the last push was another than the one with the hash `from`. */
export async function moveRecordHash(
  db: Queryable,
  name: RecordName,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('keyknox_records')
    .set({ hash: to })
    .where('application_id', '=', name.appId)
    .where('record_id', '=', recordId(name))
    .where('hash', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Holds off pushes to the records until the end of the transaction, in a database that has several writers. */
export async function lockRecords(db: Queryable, filter: RecordFilter): Promise<void> {
  await db
    .updateTable('keyknox_records')
    .set((eb) => ({ hash: eb.ref('hash') }))
    .where('application_id', '=', filter.appId)
    .where('record_id', 'in', recordIdsBy(db, filter))
    .execute();
}

/** Keys of the records in a folder of the owner in which `reader` takes part. */
export async function keysOfFolder(
  db: Queryable,
  { reader, ...folder }: { appId: string; owner: string; root: string; path: string; reader: string },
): Promise<string[]> {
  const rows = await recordsReadBy(db, folder.appId, reader)
    .select('keyknox_records.key')
    .where('keyknox_copies.folder_id', '=', folderId(folder))
    .orderBy('keyknox_records.key')
    .execute();
  return rows.map(({ key }) => key);
}

/** Paths below a root of the owner, or its roots, with records in which `reader` takes part. */
export async function foldersOfOwner(
  db: Queryable,
  { appId, owner, root, reader }: { appId: string; owner: string; root: string | undefined; reader: string },
): Promise<string[]> {
  const query = recordsReadBy(db, appId, reader).where('keyknox_records.owner', '=', owner).distinct();
  const rows =
    root === undefined
      ? await query.select('keyknox_records.root as name').orderBy('name').execute()
      : await query
          .select('keyknox_records.path as name')
          .where('keyknox_records.root', '=', root)
          .orderBy('name')
          .execute();
  return rows.map(({ name }) => name);
}

function recordsReadBy(db: Queryable, appId: string, reader: string) {
  return db
    .selectFrom('keyknox_copies')
    .innerJoin('keyknox_records', 'keyknox_records.record_id', 'keyknox_copies.record_id')
    .where('keyknox_copies.application_id', '=', appId)
    .where('keyknox_records.application_id', '=', appId)
    .where('keyknox_copies.identity', '=', reader);
}
