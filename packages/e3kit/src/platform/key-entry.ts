/** What all key stores do to an entry alike: check its name, keep its first date, hand out copies only. */
import type { Clock, KeyEntry } from '../ports.ts';
import { storageError } from '../storage-errors.ts';

/** @throws `storage/bad-argument` for the empty name */
export function checkEntryName(name: string): void {
  if (name === '') throw storageError('storage/bad-argument', { details: { argument: 'name' } });
}

/** The entry that replaces `former`. */
export function createKeyEntry(
  content: Pick<KeyEntry, 'name' | 'value' | 'meta'>,
  former: KeyEntry | undefined,
  clock: Clock,
): KeyEntry {
  const now = clock();
  return copyKeyEntry({ ...content, createdAt: former?.createdAt ?? now, modifiedAt: now });
}

/** A copy that shares nothing with the original. Spread keeps a field named `__proto__`, where assignment would not. */
export function copyKeyEntry(entry: KeyEntry): KeyEntry {
  return { ...entry, value: Uint8Array.from(entry.value), meta: { ...entry.meta } };
}
