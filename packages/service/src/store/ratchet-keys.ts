/** Queries about ratchet keys: the card and long-term key of a user, and the one-time keys that were not handed out. */

import type { Selectable } from 'kysely';
import { lockFound } from './dialect/postgres.ts';
import { StoreConflictError } from './errors.ts';
import type { OneTimeKeysTable, RatchetIdentitiesTable } from './schema.ts';
import type { Queryable } from './store.ts';

export interface User {
  readonly appId: string;
  readonly identity: string;
}

export type OneTimeKey = Pick<OneTimeKeysTable, 'key_id' | 'short_key_id' | 'public_key'>;

export async function findRatchetIdentity(
  db: Queryable,
  user: User,
): Promise<Selectable<RatchetIdentitiesTable> | undefined> {
  return selectIdentity(db, user).selectAll('ratchet_identities').executeTakeFirst();
}

/** The same, which nobody else changes or takes keys of until the end of the transaction. */
export async function lockRatchetIdentity(
  db: Queryable,
  user: User,
): Promise<Selectable<RatchetIdentitiesTable> | undefined> {
  const query = selectIdentity(db, user).selectAll('ratchet_identities');
  return lockFound(db, query, 'ratchet_identities').executeTakeFirst();
}

/** The same unless the card was revoked. */
export async function lockActiveRatchetIdentity(
  db: Queryable,
  user: User,
): Promise<Selectable<RatchetIdentitiesTable> | undefined> {
  const query = selectIdentity(db, user)
    .innerJoin('cards', 'cards.card_id', 'ratchet_identities.card_id')
    .innerJoin('card_chains', 'card_chains.chain_id', 'cards.chain_id')
    .where('cards.application_id', '=', user.appId)
    .where('card_chains.application_id', '=', user.appId)
    .where('card_chains.revoked_at', 'is', null)
    .selectAll('ratchet_identities');
  return lockFound(db, query, 'ratchet_identities').executeTakeFirst();
}

/** For a user who has none. @throws StoreConflictError if another upload of that user was quicker */
export async function insertRatchetIdentity(db: Queryable, row: RatchetIdentitiesTable): Promise<void> {
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('ratchet_identities')
    .values(row)
    .onConflict((conflict) => conflict.columns(['application_id', 'identity']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw new StoreConflictError();
}

/** For a user whose row is locked. */
export async function updateRatchetIdentity(db: Queryable, row: RatchetIdentitiesTable): Promise<void> {
  const { application_id, identity, ...keys } = row;
  await db
    .updateTable('ratchet_identities')
    .set(keys)
    .where('application_id', '=', application_id)
    .where('identity', '=', identity)
    .execute();
}

/** False if there was none. */
export async function deleteRatchetIdentity(db: Queryable, { appId, identity }: User): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('ratchet_identities')
    .where('application_id', '=', appId)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Adds those that are neither there nor used. How many there are then. */
export async function addOneTimeKeys(
  db: Queryable,
  { appId, identity }: User,
  keys: readonly OneTimeKey[],
): Promise<number> {
  const usedRows = await db
    .selectFrom('used_one_time_keys')
    .select('key_id')
    .where('application_id', '=', appId)
    .where('identity', '=', identity)
    .where(
      'key_id',
      'in',
      keys.map((key) => key.key_id),
    )
    .execute();
  const used = new Set(usedRows.map((row) => row.key_id));
  const unused = keys.filter((key) => !used.has(key.key_id));
  if (unused.length > 0) {
    await db
      .insertInto('one_time_keys')
      .values(unused.map((key) => ({ application_id: appId, identity, ...key })))
      .onConflict((conflict) => conflict.columns(['application_id', 'identity', 'key_id']).doNothing())
      .execute();
  }
  return (await oneTimeKeyIds(db, { appId, identity })).length;
}

export async function oneTimeKeyIds(
  db: Queryable,
  { appId, identity }: User,
): Promise<Pick<OneTimeKey, 'key_id' | 'short_key_id'>[]> {
  return db
    .selectFrom('one_time_keys')
    .select(['key_id', 'short_key_id'])
    .where('application_id', '=', appId)
    .where('identity', '=', identity)
    .execute();
}

/** One of the keys, which from then on is used; undefined if none is left. */
export async function takeOneTimeKey(db: Queryable, { appId, identity }: User): Promise<Uint8Array | undefined> {
  for (;;) {
    const key = await db
      .selectFrom('one_time_keys')
      .select(['key_id', 'public_key'])
      .where('application_id', '=', appId)
      .where('identity', '=', identity)
      .orderBy('key_id')
      .limit(1)
      .executeTakeFirst();
    if (key === undefined) return undefined;
    const { numDeletedRows } = await db
      .deleteFrom('one_time_keys')
      .where('application_id', '=', appId)
      .where('identity', '=', identity)
      .where('key_id', '=', key.key_id)
      .executeTakeFirst();
    // Else, in a database with several writers, another has just taken it.
    if (numDeletedRows > 0n) {
      await db
        .insertInto('used_one_time_keys')
        .values({ application_id: appId, identity, key_id: key.key_id })
        .execute();
      return key.public_key;
    }
  }
}

/** Those that were handed out stay known as used. */
export async function deleteOneTimeKeys(db: Queryable, { appId, identity }: User): Promise<void> {
  await db.deleteFrom('one_time_keys').where('application_id', '=', appId).where('identity', '=', identity).execute();
}

function selectIdentity(db: Queryable, { appId, identity }: User) {
  return db
    .selectFrom('ratchet_identities')
    .where('ratchet_identities.application_id', '=', appId)
    .where('ratchet_identities.identity', '=', identity);
}
