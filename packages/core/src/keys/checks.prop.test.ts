/** The check of Ed25519 points against noble's, which is slower and larger. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { numberToBytesLE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkComponent } from './checks.ts';

const P = ed25519.Point.Fp.ORDER;

test('takes the Ed25519 points that noble takes, but for those of small order', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, (point) => {
      expect(isTaken(point)).toBe(isGoodForNoble(point));
    }),
    { numRuns: 500 },
  );
});

test('takes the Ed25519 point of every private key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
      expect(isTaken(ed25519.getPublicKey(seed))).toBe(true);
    }),
  );
});

test('decides about every y near the ends of the field as noble does, with either sign', () => {
  for (let distance = 0n; distance < 40n; distance++) {
    for (const y of [distance, P - 1n - distance, P + (distance % 19n)]) {
      for (const sign of [0n, 1n]) {
        const point = numberToBytesLE(y + (sign << 255n), 32);
        expect(isTaken(point), `y = ${y}, sign ${sign}`).toBe(isGoodForNoble(point));
      }
    }
  }
});

test('refuses each of the eight points of small order', () => {
  const generator = ed25519.Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', false);
  const points = Array.from({ length: 8 }, (_, n) =>
    n === 0 ? ed25519.Point.ZERO : generator.multiplyUnsafe(BigInt(n)),
  );
  expect(new Set(points.map((point) => point.toHex())).size).toBe(8);
  expect(points.filter((point) => isTaken(point.toBytes()))).toEqual([]);
});

function isTaken(bytes: Uint8Array): boolean {
  try {
    checkComponent({ kind: 'ed25519', bytes });
    return true;
  } catch {
    return false;
  }
}

function isGoodForNoble(bytes: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(bytes, false).isSmallOrder();
  } catch {
    return false;
  }
}
