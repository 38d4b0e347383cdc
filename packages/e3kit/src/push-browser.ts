/** `@sotto/e3kit/push`, for a service worker. */
import { createWebProvider } from '@sotto/core/web';
import { type OpenedPush, openPush as open, type PushOptions } from './push/open-push.ts';

export type { OpenedPush, PushOptions, PushRefusal } from './push/open-push.ts';
export { createIndexedDbCardCache } from './platform/indexeddb-card-cache.ts';
export { createIndexedDbKeyStore } from './platform/indexeddb-key-store.ts';
export { DEFAULT_STORAGE_NAME } from './storage-name.ts';

/**
 * A chat message that came by a push. Text is given only if a known user has signed it by an accepted key, and the message is for
 * this device, from the author and in the room that the push names.
 * @throws `storage/*`
 */
export async function openPush(ciphertext: string, options: PushOptions): Promise<OpenedPush> {
  return open(await createWebProvider(globalThis.crypto), ciphertext, options);
}
