/** The id of this device among those of its user: made once, it names the chain of what the device sends. */
import { bytesToBase64Url } from '@sotto/core';
import type { ChatSession } from '../session.ts';
import { loadKept, saveKept } from './kept-value.ts';
import type { StoreNames } from './names.ts';

const ID = /^[\w-]{11}$/;

/** 8 bytes, base64url. */
export async function deviceIdOf({ store, provider }: ChatSession, { device: name }: StoreNames): Promise<string> {
  return store.withLock(name, async () => {
    const kept = await loadKept(store, name, isId);
    if (kept !== undefined) return kept;
    const made = bytesToBase64Url(provider.randomBytes(8));
    await saveKept(store, name, made);
    return made;
  });
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
