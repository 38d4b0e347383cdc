/**
 * The number of the last session of each series of this user, in the key store: a number that is given out is on disk before it is used.
 * It stays after `cleanup()`, under a hash: readers take a series that begins anew for one that went back.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToBase64Url, bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { storageError } from '../storage-errors.ts';
import type { Session } from '../session.ts';

/** @throws `storage/*` */
export async function takeSessionNumber(
  { appId, identity, keyStore }: Pick<Session, 'appId' | 'identity' | 'keyStore'>,
  series: string,
): Promise<number> {
  const name = JSON.stringify(['series', appId, identity, bytesToBase64Url(sha256(utf8ToBytes(series)))]);
  return keyStore.withLock(name, async () => {
    const entry = await keyStore.load(name);
    const next = (entry ? parse(entry.value) : 0) + 1;
    await keyStore.save(name, utf8ToBytes(String(next)));
    return next;
  });
}

function parse(value: Uint8Array): number {
  const text = bytesToUtf8(value);
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw storageError('storage/damaged', { details: { reason: 'the session number of a series' } });
  return Number(text);
}
