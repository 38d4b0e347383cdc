import { addAndSumApplicationUsage, addApplicationUsage, addUsage } from '../store/keyknox-usage.ts';
import type { Queryable } from '../store/store.ts';
import { serviceError } from './errors.ts';
import type { Quotas } from './quotas.ts';
import type { Caller } from './tokens.ts';

/**
 * Counts what a transaction adds to what the caller stores, or, below zero, takes away. That is never refused.
 * @throws `keyknox/too-many-records`, `keyknox/too-many-bytes`, `keyknox/application-full`
 */
export async function countUsage(
  transaction: Queryable,
  { quotas, caller, records, bytes }: { quotas: Quotas; caller: Caller; records: number; bytes: number },
): Promise<void> {
  const { appId, identity } = caller;
  const { keyknoxRecords, keyknoxBytes, keyknoxApplicationBytes } = quotas;
  const row = { application_id: appId, identity, records, bytes };
  const own = await addUsage(transaction, row);
  if (records > 0 && own.records > keyknoxRecords) {
    throw serviceError('keyknox/too-many-records', { hint: `at most ${keyknoxRecords}` });
  }
  if (bytes > 0 && own.bytes > keyknoxBytes) {
    throw serviceError('keyknox/too-many-bytes', { hint: `at most ${keyknoxBytes}` });
  }
  if (keyknoxApplicationBytes === undefined) return addApplicationUsage(transaction, row);
  const all = await addAndSumApplicationUsage(transaction, row);
  if (bytes > 0 && all.bytes > keyknoxApplicationBytes) throw serviceError('keyknox/application-full');
}
