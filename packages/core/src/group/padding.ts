/**
 * Padding of group messages: `data ‖ random bytes ‖ LE32(length of data)`, a multiple of 160 bytes. Unlike that of envelopes it
 * tells how much to keep. Source: docs/spec/groups.md §3.
 */
import type { CryptoProvider } from '../provider/port.ts';
import { GroupError } from './errors.ts';

const FRAME = 160;
const TRAILER = 4;

/** What follows data of `length` bytes: one random byte at least. */
export function makeGroupPadding(provider: Pick<CryptoProvider, 'randomBytes'>, length: number): Uint8Array {
  const count = FRAME - ((length + TRAILER) % FRAME);
  const padding = provider.randomBytes(count + TRAILER);
  new DataView(padding.buffer, padding.byteOffset).setUint32(count, length, true);
  return padding;
}

/** The data, a view. @throws `group/undecryptable` */
export function unpadGroupMessage(padded: Uint8Array): Uint8Array {
  const end = padded.length - TRAILER;
  if (end < 1) throw new GroupError('group/undecryptable');
  const length = new DataView(padded.buffer, padded.byteOffset + end, TRAILER).getUint32(0, true);
  if (length >= end) throw new GroupError('group/undecryptable');
  return padded.subarray(0, length);
}
