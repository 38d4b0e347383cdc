/** The one place where a secret that was sent is compared with the one that is right. */

import { createHash, timingSafeEqual } from 'node:crypto';

/** Takes as long for a guess that begins right as for any other, and tells nothing of the length either. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
