/** Storage that the browser does not clear on its own when space runs short (Storage Standard §7). */
import { browserGlobals } from './browser-globals.ts';

/**
 * Asks for it, waiting for no answer: Firefox asks the user, Chromium decides by how the site is used. Refused, the
 * store works all the same.
 */
export function askForPersistence(): void {
  browserGlobals()
    .navigator?.storage?.persist?.()
    .catch(() => {});
}

/** Whether it was granted. */
export async function isPersisted(): Promise<boolean> {
  try {
    return (await browserGlobals().navigator?.storage?.persisted?.()) ?? false;
  } catch {
    // Pages of no origin, such as sandboxed frames, have none.
    return false;
  }
}
