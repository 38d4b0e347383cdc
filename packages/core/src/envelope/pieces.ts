/** Sources that come in pieces, whose seams mean nothing. */
import { concatBytes } from '../encoding/bytes.ts';
import { TAG } from '../encoding/der.ts';
import { streamError } from './stream-errors.ts';

/** Node's streams and web streams are such sources, and so is a generator. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** Long pieces are cut to this: so many bytes are hashed in some milliseconds, after which a page gets its turn. */
export const SLICE = 256 * 1024;

/** The pieces of `source`, cut where they are long. @throws `stream/not-bytes` */
export async function* inSlices(source: ByteSource): AsyncGenerator<Uint8Array, void> {
  for await (const piece of source) {
    if (!((piece as unknown) instanceof Uint8Array)) throw streamError('stream/not-bytes');
    for (let at = 0; at < piece.length; at += SLICE) yield piece.subarray(at, at + SLICE);
  }
}

/** Reads a source by counts of bytes. Whoever has read all it wants calls `close()`. */
export class PieceReader {
  readonly #pieces: AsyncGenerator<Uint8Array, void>;
  #left: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#pieces = inSlices(source);
  }

  /** `count` bytes, of memory of their own, or fewer where the source ends. */
  async take(count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count);
    let length = 0;
    for await (const piece of this.upTo(count)) {
      taken.set(piece, length);
      length += piece.length;
    }
    return taken.subarray(0, length);
  }

  /** Pieces that together have `count` bytes, or fewer where the source ends. */
  async *upTo(count: number): AsyncGenerator<Uint8Array, void> {
    for (let missing = count; missing > 0 && (await this.#fill()); ) {
      const piece = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }

  /** Pieces up to the last `count` bytes of the source, which are left for `take`. */
  async *allBut(count: number): AsyncGenerator<Uint8Array, void> {
    let held: Uint8Array = new Uint8Array(0);
    while (await this.#fill()) {
      const joined = concatBytes(held, this.#left);
      const end = Math.max(0, joined.length - count);
      held = joined.subarray(end);
      this.#left = this.#left.subarray(this.#left.length);
      if (end > 0) yield joined.subarray(0, end);
    }
    this.#left = held;
  }

  async close(): Promise<void> {
    await this.#pieces.return();
  }

  /** Whether there are bytes left. */
  async #fill(): Promise<boolean> {
    while (this.#left.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done) return false;
      this.#left = value;
    }
    return true;
  }
}

/** The DER SEQUENCE that the source begins with, or undefined where there is none of 6 to `atMost` bytes. */
export async function readSequence(reader: PieceReader, atMost: number): Promise<Uint8Array | undefined> {
  const start = await reader.take(6); // tag and length take no more
  if (start.length < 6 || start[0] !== TAG.sequence) return undefined;
  const count = start[1]! < 0x80 ? 0 : start[1]! & 0x7f;
  let length = count === 0 ? start[1]! : 0;
  for (const byte of start.subarray(2, 2 + count)) length = length * 256 + byte;
  const missing = 2 + count + length - start.length;
  if (count > 4 || missing < 0 || missing > atMost - start.length) return undefined;
  return concatBytes(start, await reader.take(missing));
}
