/** Text as others can read it: half a surrogate pair becomes U+FFFD, as everywhere on the web platform. */
import { bytesToUtf8, utf8ToBytes } from '@sotto/core';

export function toWellFormed(text: string): string {
  return bytesToUtf8(utf8ToBytes(text));
}
