/** Files of a chat: each under a key of its own, which travels inside a message. */
import { importPrivateKey } from '@sotto/core';
import { openPieces } from '../file/decrypt-file.ts';
import { encryptSharedFile } from '../file/encrypt-file.ts';
import { collectParts } from '../file/result.ts';
import { type FileOptions, requireFile } from '../file/source.ts';
import type { Session } from '../session.ts';
import type { Authors } from './authors.ts';

export interface RoomFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that were worked on, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** @throws RegisterRequiredError, AbortError, `file/*` */
export async function sealRoomFile(
  session: Session,
  file: Blob,
  options: RoomFileOptions = {},
): Promise<{ readonly ciphertext: Blob; readonly key: Uint8Array }> {
  // Without the name of a File, which the result would have too.
  const nameless = file.slice(0, file.size, 'application/octet-stream');
  const sealed = await encryptSharedFile(session, nameless, { ...toFileOptions(options), toBytes: (bytes) => bytes });
  return { ciphertext: sealed.encryptedSharedFile, key: sealed.fileKey };
}

/** @throws AbortError, IntegrityCheckFailedError, `envelope/*`, `file/*`, `key/malformed`, `chat/unknown-sender` */
export async function openRoomFile(
  session: Session,
  authors: Authors,
  ciphertext: Blob,
  { key, author, ...options }: { readonly key: Uint8Array; readonly author: string } & RoomFileOptions,
): Promise<Blob> {
  const source = requireFile(ciphertext);
  const signers = await authors.acceptedKeys(author);
  const access = { keys: [await importPrivateKey(session.provider, key)], signers };
  const pieces = openPieces(session, { source, access, options: toFileOptions(options), mode: 'signAndEncrypt' });
  return new Blob(await collectParts(pieces));
}

function toFileOptions({ signal, onProgress }: RoomFileOptions): FileOptions {
  return {
    signal,
    onProgress: onProgress && (({ bytesProcessed, fileSize }) => onProgress(bytesProcessed, fileSize)),
  };
}
