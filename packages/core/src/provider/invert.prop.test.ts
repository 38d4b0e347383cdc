import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invertPublic } from './invert.ts';

const P = ed25519.Point.Fp.ORDER;

describe('inverting', () => {
  it('gives what noble gives, for numbers of every size', () => {
    const number = fc
      .integer({ min: 1, max: 255 })
      .chain((bits) => fc.bigInt({ min: 1n, max: (1n << BigInt(bits)) - 1n }));
    fc.assert(
      fc.property(number, (value) => {
        const reduced = value % P;
        fc.pre(reduced !== 0n);
        expect(invertPublic(reduced, P)).toBe(ed25519.Point.Fp.inv(reduced));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([1n, 2n, P - 1n, P - 2n, (P + 1n) / 2n, 1n << 48n, (1n << 48n) - 1n, 1n << 52n, 1n << 128n, 1n << 254n])(
    'holds at the edge %s',
    (value) => {
      expect((invertPublic(value, P) * value) % P).toBe(1n);
    },
  );

  it('refuses a number that has no inverse', () => {
    expect(() => invertPublic(0n, P)).toThrow(RangeError);
    expect(() => invertPublic(6n, 9n)).toThrow(RangeError);
  });
});
