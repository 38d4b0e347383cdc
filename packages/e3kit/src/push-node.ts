/** `@sotto/e3kit/push` on Node. */
import { nodeProvider } from '@sotto/core/node';
import { type OpenedPush, openPush as open, type PushOptions } from './push/open-push.ts';

export type { OpenedPush, PushOptions, PushRefusal } from './push/open-push.ts';

/** As in `push-browser.ts`. */
export function openPush(ciphertext: string, options: PushOptions): Promise<OpenedPush> {
  return open(nodeProvider, ciphertext, options);
}
