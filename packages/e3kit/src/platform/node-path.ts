/** Files of Node by their paths: read as often as needed, written whole or not at all. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { SdkError } from '@sotto/core';
import { fileError } from '../file/file-errors.ts';
import type { FileSource } from '../file/source.ts';
import { writePiecesAtomically } from './node-atomic-write.ts';
import { toStorageError } from './node-errors.ts';

/** An open file, as the calls for files take it. Its size is that of the moment when it was opened. */
export interface PathFile extends FileSource {
  readonly name: string;
  readonly type: string;
  readonly lastModified: number;
  close(): Promise<void>;
}

/** @throws `file/unreadable` */
export async function openPath(path: string): Promise<PathFile> {
  try {
    const handle = await open(path, 'r');
    const { size, mtimeMs } = await handle.stat();
    const read = async (start: number, end: number): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let length = 0;
      for (let count = 1; length < bytes.length && count > 0; length += count) {
        count = (await handle.read(bytes, length, bytes.length - length, start + length)).bytesRead;
      }
      return length === bytes.length ? bytes.buffer : bytes.buffer.slice(0, length);
    };
    return {
      name: basename(path),
      type: '',
      lastModified: mtimeMs,
      size,
      slice: (start, end) => ({ arrayBuffer: () => read(start, end) }),
      close: () => handle.close(),
    };
  } catch (cause) {
    throw fileError('file/unreadable', { details: { path, reason: (cause as NodeJS.ErrnoException).code }, cause });
  }
}

/**
 * Writes a file from pieces, with mode 0600, beside its place, and moves it there when all of it is on disk. If anything fails, the pieces
 * themselves among it, what was there before is there still. @throws `storage/full`, `file/unwritable`, and what the pieces throw
 */
export async function writePath(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await writePiecesAtomically(path, pieces);
  } catch (error) {
    const known = toStorageError(error, path);
    if (known === error || (known as SdkError).code === 'storage/full') throw known;
    throw fileError('file/unwritable', { details: (known as SdkError).details, cause: error });
  }
}
