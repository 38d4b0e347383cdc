/**
 * The text of a message that is read twice: once to verify all of it, once to give it out. The second time each piece has to be the
 * one that was verified, so that a file which is changed in between gives nothing else away.
 */
import { createHash } from 'node:crypto';
import { isSdkError } from '@sotto/core';
import { streamError } from '@sotto/core/stream';

/**
 * Resolves once the first reading has come to its end. `open` gives the same pieces as long as the message is the same.
 * @throws what the first reading throws; later `stream/changed`
 */
export async function readVerified(open: () => AsyncIterable<Uint8Array>): Promise<AsyncGenerator<Uint8Array, void>> {
  const digests: string[] = [];
  for await (const piece of open()) digests.push(digestOf(piece));
  return readAgain(open(), digests);
}

async function* readAgain(
  pieces: AsyncIterable<Uint8Array>,
  digests: readonly string[],
): AsyncGenerator<Uint8Array, void> {
  let index = 0;
  try {
    for await (const piece of pieces) {
      if (digestOf(piece) !== digests[index++]) throw streamError('stream/changed');
      yield piece;
    }
  } catch (error) {
    throw isSdkError(error) && error.code.startsWith('envelope/') ? streamError('stream/changed', error) : error;
  }
  if (index < digests.length) throw streamError('stream/changed');
}

function digestOf(piece: Uint8Array): string {
  return createHash('sha256').update(piece).digest('base64');
}
