import { bytesToHex } from '@sotto/core';
import { describe, expect, it } from 'vitest';
import { derivePassphraseKey, isCostInBounds, LEAST_COST, strongerCost } from './passphrase-key.ts';

const salt = Uint8Array.from({ length: 16 }, (_, index) => index);

describe('the key from a passphrase', () => {
  // Computed by @node-rs/argon2 2.2.1, which is another implementation (of RustCrypto).
  it.each([
    [LEAST_COST, 'e53c31a27ca2147210f308cc73a4e5e95f1786562e3888daea7c19d9b63a2f4d'],
    [{ memoryKiB: 20_480, passes: 3 }, 'b11959bc1b6c92abdce5262f3025f302a5e87d369f711beaf96fc8ec3bc88ce6'],
  ])('is the one that other implementations of Argon2id give: %j', async (cost, expected) => {
    expect(bytesToHex(await derivePassphraseKey('Zwo\u0308lf Boxka\u0308mpfer', salt, cost))).toBe(expected);
  });

  it('costs what is in bounds, and never less than one of two in anything', () => {
    expect(isCostInBounds(LEAST_COST)).toBe(true);
    expect(isCostInBounds({ memoryKiB: 2 ** 20, passes: 16 })).toBe(true);
    for (const memoryKiB of [0, -1, 19_455, 19_456.5, 2 ** 20 + 1, NaN, Infinity])
      expect(isCostInBounds({ memoryKiB, passes: 2 }), String(memoryKiB)).toBe(false);
    for (const passes of [0, -1, 1, 2.5, 17, NaN, Infinity])
      expect(isCostInBounds({ memoryKiB: 19_456, passes }), String(passes)).toBe(false);
    expect(strongerCost({ memoryKiB: 20_480, passes: 2 }, { memoryKiB: 19_456, passes: 3 })).toEqual({
      memoryKiB: 20_480,
      passes: 3,
    });
  });
});
