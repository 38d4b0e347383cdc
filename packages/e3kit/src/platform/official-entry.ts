/** An entry of the official client's own storage. Source: docs/spec/key-store.md §9. */
import { base64ToBytes } from '@sotto/core';
import { storageError } from '../storage-errors.ts';

/** The value of the entry `name`. @throws `storage/unreadable-official-key` */
export function parseOfficialEntry(text: unknown, name: string): Uint8Array {
  try {
    const entry = Object(JSON.parse(String(text))) as Partial<Record<'name' | 'value', unknown>>;
    if (entry.name === name && typeof entry.value === 'string') return base64ToBytes(entry.value);
  } catch {
    // Without the cause: JSON.parse quotes the text that it cannot read, and the text is a key.
  }
  throw storageError('storage/unreadable-official-key');
}
