import { describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { nodeProvider } from '../provider/node.ts';
import { makeGroupPadding, unpadGroupMessage } from './padding.ts';

const trailer = (length: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
};

describe('the padding of group messages', () => {
  it.each([
    [0, 160],
    [1, 160],
    [155, 160],
    [156, 320],
    [157, 320],
    [315, 320],
    [316, 480],
  ])('makes %i bytes a block of %i, with one random byte at least', (length, expected) => {
    const data = new Uint8Array(length).fill(5);
    const padded = concatBytes(data, makeGroupPadding(nodeProvider, length));
    expect(padded).toHaveLength(expected);
    expect(unpadGroupMessage(padded)).toEqual(data);
  });

  it.each([
    ['without a random byte', concatBytes(new Uint8Array(156), trailer(156))],
    ['that is longer than the block', concatBytes(new Uint8Array(156), trailer(0xffffffff))],
    ['in four bytes', trailer(0)],
    ['in fewer bytes than a length has', new Uint8Array(3)],
    ['in nothing', new Uint8Array(0)],
  ])('is refused with a length %s', (_, padded) => {
    expect(() => unpadGroupMessage(padded)).toThrow(expect.objectContaining({ code: 'group/undecryptable' }));
  });
});
