/** Cuts bytes into the pieces that a stream is given. */
import { createHash } from 'node:crypto';

const RANDOM_PIECES = 16;

export function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const inside = [...new Set(offsets)].filter((offset) => offset > 0 && offset < bytes.length).sort((a, b) => a - b);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

export function cutSingly(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

/** At places that look random and are the same for the same seed. */
export function cutRandomly(bytes: Uint8Array, seed: string): Uint8Array[] {
  const drawn = createHash('shake256', { outputLength: RANDOM_PIECES * 4 })
    .update(seed)
    .digest();
  const offsets = Array.from(
    { length: RANDOM_PIECES },
    (_, index) => drawn.readUInt32LE(index * 4) % (bytes.length + 1),
  );
  return cutAt(bytes, offsets);
}
