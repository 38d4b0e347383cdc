/** Web streams from generators, and sources from web streams: not every browser takes one for the other. */
import type { ByteSource } from '@sotto/core/stream';
import { ArgumentError } from '../errors.ts';

/** A web stream, a stream of Node, or anything else that gives pieces of bytes one after the other. */
export type StreamSource = ReadableStream<Uint8Array> | ByteSource;

/** @throws ArgumentError */
export function toSource(stream: unknown): ByteSource {
  const candidate = (stream ?? {}) as Partial<ReadableStream<Uint8Array>> & Partial<ByteSource>;
  if (typeof candidate[Symbol.asyncIterator] === 'function') return candidate as ByteSource;
  if (typeof candidate.getReader === 'function') return readWebStream(candidate as ReadableStream<Uint8Array>);
  throw new ArgumentError('Pass a ReadableStream, or something that can be iterated for bytes.');
}

/** Errors of `pieces` become those of the stream; cancelling it ends them. */
export function toWebStream(pieces: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 }, // nothing is done before it is asked for
  );
}

async function* readWebStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  let isAtEnd = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isAtEnd = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isAtEnd) void reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}
