import { coreError, utf8ToBytes } from '@sotto/core';
import { expect, it } from 'vitest';
import { readVerified } from './verified.ts';

/** A message whose readings are these, one after the other; an error stands for a refusal in the middle. */
function readings(...all: (string | Error)[][]) {
  const left = [...all];
  return async function* () {
    for (const piece of left.shift()!) {
      if (piece instanceof Error) throw piece;
      yield utf8ToBytes(piece);
    }
  };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += Buffer.from(piece).toString();
  return text;
}

const refusal = coreError('envelope/bad-signature');

it('gives out what was verified', async () => {
  expect(await collect(await readVerified(readings(['a', 'b'], ['a', 'b'])))).toBe('ab');
});

it('gives out nothing that does not verify', async () => {
  await expect(readVerified(readings(['a', refusal]))).rejects.toMatchObject({ code: 'envelope/bad-signature' });
});

it.each([
  ['other bytes', ['a', 'x']],
  ['fewer', ['a']],
  ['more', ['a', 'b', 'c']],
  ['what does not verify any more', ['a', 'b', refusal]],
])('gives out what is as it was, and ends when the second reading gives %s', async (_, second) => {
  const pieces = await readVerified(readings(['a', 'b'], second));
  let seen = '';
  const reading = (async () => {
    for await (const piece of pieces) seen += Buffer.from(piece).toString();
  })();
  await expect(reading).rejects.toMatchObject({ code: 'stream/changed' });
  expect('ab'.startsWith(seen)).toBe(true);
});

it('leaves other errors as they are', async () => {
  const pieces = await readVerified(readings(['a'], [new RangeError('of the disk')]));
  await expect(collect(pieces)).rejects.toBeInstanceOf(RangeError);
});
