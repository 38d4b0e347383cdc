/**
 * Keyknox v2: records that an owner shares. Each participant has a copy of its own, which only a push that names that
 * participant replaces: clients add a member by a push that is encrypted for the owner and the new member alone. To
 * whoever does not take part, a record is empty, as if there were none.
 */

import {
  copiesOfRecord,
  deleteCopies,
  deleteUnread,
  insertContent,
  participantsOfRecord,
  putCopies,
} from '../store/keyknox-copies.ts';
import type { RecordName } from '../store/keyknox-names.ts';
import {
  findRecordHash,
  foldersOfOwner,
  insertRecord,
  keysOfFolder,
  lockRecords,
  moveRecordHash,
} from '../store/keyknox-records.ts';
import { StoreConflictError } from '../store/errors.ts';
import type { Queryable } from '../store/store.ts';
import { serviceError } from './errors.ts';
import { checkIdentity } from './identities.ts';
import { checkPreviousHash, EMPTY_CONTENT, type Content } from './keyknox-content.ts';
import { countUsage } from './keyknox-usage.ts';
import type { KeyknoxContext } from './keyknox-values.ts';

export interface Names {
  readonly root: string;
  readonly path: string;
  readonly key: string;
}

export interface StoredRecord extends Content {
  readonly owner: string;
  readonly identities: readonly string[];
}

export type PartialNames = { readonly [Name in keyof Names]: Names[Name] | undefined };

/**
 * Stores the content for the identities that are named, who join the participants, and for the owner if that is one.
 * @throws `keyknox/no-identities`, `keyknox/wrong-previous-hash`, `identity/wrong` and those of the quotas
 */
export async function pushRecord(
  { store, quotas, caller }: KeyknoxContext,
  options: {
    readonly names: Names;
    readonly identities: readonly string[];
    readonly content: Content;
    readonly previousHash: string | undefined;
  },
): Promise<StoredRecord> {
  const { names, identities, content, previousHash } = options;
  const owner = caller.identity;
  checkIdentity(owner);
  if (identities.length === 0) throw serviceError('keyknox/no-identities');
  const name = { appId: caller.appId, owner, ...names };
  return store.transact(async (transaction) => {
    const isNew = await claimRecord(transaction, name, { hash: content.hash, previousHash });
    const participants = new Set([...(await participantsOfRecord(transaction, name)), ...identities]);
    if (participants.size > quotas.keyknoxParticipants) {
      throw serviceError('keyknox/too-many-participants', { hint: `at most ${quotas.keyknoxParticipants}` });
    }
    const readers = new Set(participants.has(owner) ? [...identities, owner] : identities);
    const added = await insertContent(transaction, name, content);
    await putCopies(transaction, name, { identities: [...readers], hash: content.hash });
    const unread = await deleteUnread(transaction, name);
    await countUsage(transaction, { quotas, caller, records: isNew ? 1 : 0, bytes: added - unread.bytes });
    return { owner, identities: [...participants].sort(), ...content };
  });
}

/** The copy of the caller, with all participants. */
export async function pullRecord(
  { store, caller }: KeyknoxContext,
  { names, owner = caller.identity }: { readonly names: Names; readonly owner: string | undefined },
): Promise<StoredRecord> {
  const copies = await copiesOfRecord(store.reader, { appId: caller.appId, owner, ...names }, caller.identity);
  const own = copies.find(({ identity }) => identity === caller.identity);
  if (own?.meta == null || own.value === null) return emptyRecord(owner);
  return {
    owner,
    identities: copies.map(({ identity }) => identity).sort(),
    meta: own.meta,
    value: own.value,
    hash: own.hash,
  };
}

/** The keys of a path, the paths of a root, or the roots, of the records of an owner in which the caller takes part. */
export async function listRecords(
  { store, caller }: KeyknoxContext,
  { root, path, owner = caller.identity }: Omit<PartialNames, 'key'> & { readonly owner: string | undefined },
): Promise<string[]> {
  const reading = { appId: caller.appId, owner, reader: caller.identity };
  if (root !== undefined && path !== undefined) return keysOfFolder(store.reader, { ...reading, root, path });
  return foldersOfOwner(store.reader, { ...reading, root });
}

/**
 * Takes a participant out of all own records with these names, and deletes those that are left without any. Without a
 * participant, or when it is the owner, they are all deleted. The hash of what remains does not change.
 */
export async function resetRecords(
  { store, quotas, caller }: KeyknoxContext,
  { names, participant }: { readonly names: PartialNames; readonly participant: string | undefined },
): Promise<StoredRecord> {
  const owner = caller.identity;
  const filter = { appId: caller.appId, owner, ...names };
  await store.transact(async (transaction) => {
    await lockRecords(transaction, filter);
    await deleteCopies(transaction, filter, participant === owner ? undefined : participant);
    const { records, bytes } = await deleteUnread(transaction, filter);
    if (records > 0 || bytes > 0) {
      await countUsage(transaction, { quotas, caller, records: -records, bytes: -bytes });
    }
  });
  return emptyRecord(owner);
}

/** Makes the record ours until the end of the transaction. True if it is new. @throws `keyknox/wrong-previous-hash` */
async function claimRecord(
  transaction: Queryable,
  name: RecordName,
  { hash, previousHash }: { readonly hash: string; readonly previousHash: string | undefined },
): Promise<boolean> {
  const stored = await findRecordHash(transaction, name);
  checkPreviousHash(stored ?? EMPTY_CONTENT.hash, previousHash);
  const isOurs =
    stored === undefined
      ? await insertRecord(transaction, name, hash)
      : await moveRecordHash(transaction, name, { from: stored, to: hash });
  if (!isOurs) throw new StoreConflictError();
  return stored === undefined;
}

function emptyRecord(owner: string): StoredRecord {
  return { owner, identities: [], ...EMPTY_CONTENT };
}
