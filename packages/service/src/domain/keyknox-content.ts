/**
 * What Keyknox stores: meta and value, which the service does not understand, and the hash by which a client says what it
 * replaces. The hash is SHA-512 over the length of meta (4 bytes, big-endian), meta and value; nothing stored is both
 * empty, and has the hash of that.
 */

import { createHash } from 'node:crypto';
import { bytesToBase64 } from '@sotto/core';
import { serviceError } from './errors.ts';

export interface Content {
  readonly meta: Uint8Array;
  readonly value: Uint8Array;
  /** Base64. */
  readonly hash: string;
}

const NO_BYTES = new Uint8Array();

export const EMPTY_CONTENT = createContent({ meta: NO_BYTES, value: NO_BYTES });

export function createContent({ meta, value }: { readonly meta: Uint8Array; readonly value: Uint8Array }): Content {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(meta.length);
  const hash = createHash('sha512').update(length).update(meta).update(value).digest();
  return { meta, value, hash: bytesToBase64(hash) };
}

/** With `stored` the hash of what is there. Over nothing a client may write without a hash. @throws `keyknox/wrong-previous-hash` */
export function checkPreviousHash(stored: string, previous: string | undefined): void {
  const isRight = previous === undefined ? stored === EMPTY_CONTENT.hash : stored === previous;
  if (!isRight) throw serviceError('keyknox/wrong-previous-hash');
}
