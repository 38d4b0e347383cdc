/** A value that a device keeps, as JSON. */
import { bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { chatError } from '../errors.ts';
import type { ChatStore } from '../session.ts';

/** @throws `chat/damaged-on-device` for what `isValid` does not take */
export async function loadKept<T>(
  store: ChatStore,
  name: string,
  isValid: (value: unknown) => value is T,
): Promise<T | undefined> {
  const bytes = await store.load(name);
  if (!bytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(bytesToUtf8(bytes));
  } catch {
    throw chatError('chat/damaged-on-device', { details: { name } }); // without the cause, which quotes the value
  }
  if (isValid(value)) return value;
  throw chatError('chat/damaged-on-device', { details: { name } });
}

export async function saveKept(store: ChatStore, name: string, value: unknown): Promise<void> {
  await store.save(name, utf8ToBytes(JSON.stringify(value)));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
