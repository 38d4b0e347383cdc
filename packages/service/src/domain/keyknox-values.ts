/** Keyknox v1: one value per user, which counts its changes. Reading nothing is reading an empty value. */

import { findKeyknoxValue, insertKeyknoxValue, replaceKeyknoxValue } from '../store/keyknox-values.ts';
import { StoreConflictError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { checkIdentity } from './identities.ts';
import { checkPreviousHash, EMPTY_CONTENT, type Content } from './keyknox-content.ts';
import { countUsage } from './keyknox-usage.ts';
import type { Quotas } from './quotas.ts';
import type { Caller } from './tokens.ts';

export interface KeyknoxContext {
  readonly store: Store;
  readonly quotas: Quotas;
  readonly caller: Caller;
}

export interface StoredValue extends Content {
  readonly version: number;
}

/** A value that was never written is of version 1, as the first one is. */
const NOTHING: StoredValue = { ...EMPTY_CONTENT, version: 1 };

export async function getValue({ store, caller }: KeyknoxContext): Promise<StoredValue> {
  return (await findKeyknoxValue(store.reader, caller)) ?? NOTHING;
}

/** @throws `keyknox/wrong-previous-hash`, `identity/wrong`, `keyknox/too-many-bytes`, `keyknox/application-full` */
export async function putValue(
  context: KeyknoxContext,
  { content, previousHash }: { readonly content: Content; readonly previousHash: string | undefined },
): Promise<StoredValue> {
  checkIdentity(context.caller.identity);
  return changeValue(context, (before) => {
    checkPreviousHash(before?.hash ?? EMPTY_CONTENT.hash, previousHash);
    return { ...content, version: (before?.version ?? 0) + 1 };
  });
}

/** Empties the value. One that is empty stays as it is. */
export async function resetValue(context: KeyknoxContext): Promise<StoredValue> {
  return changeValue(context, (before) => {
    if (before === undefined || before.hash === EMPTY_CONTENT.hash) return before;
    return { ...EMPTY_CONTENT, version: before.version + 1 };
  });
}

async function changeValue(
  { store, quotas, caller }: KeyknoxContext,
  change: (before: StoredValue | undefined) => StoredValue | undefined,
): Promise<StoredValue> {
  return store.transact(async (transaction) => {
    const before = await findKeyknoxValue(transaction, caller);
    const after = change(before);
    if (after === undefined || after === before) return before ?? NOTHING;
    const { version, meta, value, hash } = after;
    const row = { application_id: caller.appId, identity: caller.identity, version, meta, value, hash };
    const write = before === undefined ? insertKeyknoxValue : replaceKeyknoxValue;
    // Where there are several writers, another may have been here since we looked: then look again.
    if (!(await write(transaction, row))) throw new StoreConflictError();
    const bytes = size(after) - (before === undefined ? 0 : size(before));
    await countUsage(transaction, { quotas, caller, records: 0, bytes });
    return after;
  });
}

function size({ meta, value }: Content): number {
  return meta.length + value.length;
}
