import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRounds, createRandom, median, quantile, summarize } from './statistics.js';

const times = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('a summary', () => {
  it('is median and quartiles, interpolated between neighbours', () => {
    expect(summarize([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1.75, high: 3.25 });
    expect(summarize([7])).toEqual({ median: 7, low: 7, high: 7 });
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('lies between the smallest and the largest value, in order', () => {
    fc.assert(
      fc.property(times, (values) => {
        const { low, median: middle, high } = summarize(values);
        expect(low).toBeLessThanOrEqual(middle);
        expect(middle).toBeLessThanOrEqual(high);
        expect(quantile(values, 0)).toBe(Math.min(...values));
        expect(quantile(values, 1)).toBe(Math.max(...values));
      }),
    );
  });
});

describe('a comparison', () => {
  it('is by rounds, so that a round that was slow for all changes nothing', () => {
    const before = [10, 10, 10, 10, 10];
    const slowRounds = [1, 30, 1, 7, 1];
    const a = before.map((value, round) => 2 * value * slowRounds[round]!);
    const b = before.map((value, round) => value * slowRounds[round]!);
    expect(compareRounds(a, b)).toEqual({ ratio: 2, low: 2, high: 2 });
  });

  it('gives the same interval for the same values', () => {
    fc.assert(
      fc.property(times, fc.infiniteStream(fc.double({ min: 0.5, max: 2, noNaN: true })), (values, factors) => {
        const other = values.map((value) => value * factors.next().value!);
        expect(compareRounds(values, other)).toEqual(compareRounds(values, other));
      }),
      { numRuns: 20 },
    );
  });

  it('has an interval around the ratio, wider where the rounds differ more', () => {
    const random = createRandom(1);
    const noisy = (spread: number) => Array.from({ length: 40 }, () => 1 + spread * (random() - 0.5));
    const [calm, wild] = [0.02, 0.6].map((spread) => compareRounds(noisy(spread), noisy(spread)));
    for (const { ratio, low, high } of [calm!, wild!]) {
      expect(low).toBeLessThanOrEqual(ratio);
      expect(ratio).toBeLessThanOrEqual(high);
    }
    expect(wild!.high - wild!.low).toBeGreaterThan(calm!.high - calm!.low);
  });

  it('covers the true ratio in most of many runs', () => {
    const random = createRandom(2);
    const runs = Array.from({ length: 50 }, () => {
      const a = Array.from({ length: 30 }, () => 1.5 * (1 + random() - random()) + 1);
      return compareRounds(
        a,
        a.map(() => 1),
      );
    });
    const covered = runs.filter(({ low, high }) => low <= 2.5 && 2.5 <= high);
    expect(covered.length).toBeGreaterThan(44);
  });
});

describe('the random numbers', () => {
  it('are the same for the same seed, and spread over 0 to 1', () => {
    const [a, b] = [createRandom(9), createRandom(9)];
    const numbers = Array.from({ length: 1000 }, a);
    expect(numbers).toEqual(Array.from({ length: 1000 }, b));
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(median(numbers)).toBeCloseTo(0.5, 1);
  });
});
