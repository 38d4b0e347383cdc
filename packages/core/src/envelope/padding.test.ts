import { describe, expect, it } from 'vitest';
import { concatBytes } from '../encoding/bytes.ts';
import { nodeProvider } from '../provider/node.ts';
import { makePadding, unpad } from './padding.ts';

const trailer = (count: number) => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count, true);
  return bytes;
};
const pad = (data: Uint8Array) => concatBytes(data, makePadding(nodeProvider, data.length));
const malformed = expect.objectContaining({ code: 'envelope/malformed' });

describe('padding', () => {
  it('comes off again, for every length up to two frames', () => {
    for (let length = 0; length <= 330; length++) {
      const data = nodeProvider.randomBytes(length);
      const padded = pad(data);
      expect(padded.length % 160).toBe(0);
      expect(padded.length).toBeGreaterThan(length + 4);
      expect(padded.length).toBeLessThanOrEqual(length + 4 + 160);
      expect(unpad(padded)).toEqual(data);
    }
  });

  it('says how many random bytes there are, in four bytes at the end', () => {
    expect([...pad(new Uint8Array(155)).subarray(155)].slice(-4)).toEqual([1, 0, 0, 0]);
    expect(pad(new Uint8Array(155))).toHaveLength(160);
    expect([...pad(new Uint8Array(156)).subarray(156)].slice(-4)).toEqual([160, 0, 0, 0]);
    expect(pad(new Uint8Array(156))).toHaveLength(320);
  });

  it('is random, so that equal texts differ', () => {
    expect(pad(new Uint8Array(10))).not.toEqual(pad(new Uint8Array(10)));
  });

  it('may be shorter than ours, even empty', () => {
    expect(unpad(concatBytes(Uint8Array.of(1, 2, 3), trailer(0)))).toEqual(Uint8Array.of(1, 2, 3));
    expect(unpad(trailer(0))).toHaveLength(0);
  });

  it('is read from a view at its own offset', () => {
    const padded = pad(Uint8Array.of(1, 2, 3));
    const within = concatBytes(new Uint8Array(7), padded, new Uint8Array(7)).subarray(7, 7 + padded.length);
    expect(unpad(within)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it.each([
    ['no trailer', new Uint8Array(3)],
    ['nothing', new Uint8Array(0)],
    ['more padding than data', concatBytes(new Uint8Array(9), trailer(10))],
    ['more padding than a frame', concatBytes(new Uint8Array(316), trailer(161))],
    ['a length above 2^31', concatBytes(new Uint8Array(316), trailer(0x80000001))],
    ['a big-endian trailer', concatBytes(new Uint8Array(316), Uint8Array.of(0, 0, 0, 1))],
  ])('is refused with %s', (_, padded) => {
    expect(() => unpad(padded)).toThrow(malformed);
  });
});
