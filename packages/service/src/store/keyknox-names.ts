/**
 * How records of Keyknox v2 are named, and found. The names may be longer than what an index takes, so that hashes of
 * them are the ids in the database.
 */

import { createHash } from 'node:crypto';
import type { Queryable } from './store.ts';

/** One record. */
export interface RecordName {
  readonly appId: string;
  readonly owner: string;
  readonly root: string;
  readonly path: string;
  readonly key: string;
}

/** All records of an owner that have these names. */
export interface RecordFilter {
  readonly appId: string;
  readonly owner: string;
  readonly root?: string | undefined;
  readonly path?: string | undefined;
  readonly key?: string | undefined;
}

/** The ids of the records with these names, as a part of another query. The ids given besides are for the index. */
export function recordIdsBy(db: Queryable, { appId, owner, root, path, key }: RecordFilter) {
  let query = db
    .selectFrom('keyknox_records as named')
    .select('named.record_id')
    .where('named.application_id', '=', appId)
    .where('named.owner', '=', owner);
  if (root !== undefined) query = query.where('named.root', '=', root);
  if (path !== undefined) query = query.where('named.path', '=', path);
  if (key !== undefined) query = query.where('named.key', '=', key);
  if (root !== undefined && path !== undefined) {
    query = query.where('named.folder_id', '=', folderId({ owner, root, path }));
    if (key !== undefined) query = query.where('named.record_id', '=', recordId({ owner, root, path, key }));
  }
  return query;
}

export function folderId({ owner, root, path }: Omit<RecordName, 'appId' | 'key'>): string {
  return hashNames([owner, root, path]);
}

export function recordId({ owner, root, path, key }: Omit<RecordName, 'appId'>): string {
  return hashNames([owner, root, path, key]);
}

/** Hex of SHA-256 over the names as JSON, which tells them apart wherever one ends. */
function hashNames(names: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('hex');
}
