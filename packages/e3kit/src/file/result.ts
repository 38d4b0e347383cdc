/** Results as files. They are collected in Blobs, which a browser moves to its disk where they get large. */
import type { FileSource } from './source.ts';

/** So many bytes are held until they become a Blob. */
const PART_BYTES = 16 * 1024 * 1024;

/** All that `pieces` give, with the name and the type of `like`; a File if that has a name. */
export async function collectLike(like: FileSource, pieces: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts = await collectParts(pieces);
  const { name, type = '' } = like;
  return typeof name === 'string' ? new File(parts, name, { type }) : new Blob(parts, { type });
}

export async function collectParts(pieces: AsyncIterable<Uint8Array>): Promise<Blob[]> {
  const parts: Blob[] = [];
  let held: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const piece of pieces) {
    held.push(piece as Uint8Array<ArrayBuffer>);
    length += piece.length;
    if (length < PART_BYTES) continue;
    parts.push(new Blob(held));
    held = [];
    length = 0;
  }
  return [...parts, new Blob(held)];
}
