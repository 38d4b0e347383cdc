/**
 * Padding hides the exact length: `data ‖ p random bytes ‖ LE32(p)`, a multiple of 160 bytes, p from 1 to 160.
 * Source: docs/spec/envelope.md §4.
 */
import { concatBytes } from '../encoding/bytes.ts';
import { coreError } from '../errors.ts';
import type { CryptoProvider } from '../provider/port.ts';

const FRAME = 160;
const TRAILER = 4;
/** What padding takes at most. */
export const MAX_PADDING = FRAME + TRAILER;

/** What follows data of `length` bytes. */
export function makePadding(provider: Pick<CryptoProvider, 'randomBytes'>, length: number): Uint8Array {
  const count = FRAME - ((length + TRAILER) % FRAME);
  return concatBytes(provider.randomBytes(count), Uint8Array.of(count, 0, 0, 0));
}

/** The data, a view. @throws `envelope/malformed` where the original would silently cut off the end */
export function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.length - TRAILER;
  if (end < 0) throw coreError('envelope/malformed');
  const count = new DataView(padded.buffer, padded.byteOffset + end, TRAILER).getUint32(0, true);
  if (count > FRAME || count > end) throw coreError('envelope/malformed');
  return padded.subarray(0, end - count);
}
