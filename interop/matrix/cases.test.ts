import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allCases, type Axes, holds, type Matrix, pairsOf, pairwiseCases } from './cases.ts';
import { MESSAGES, SIGNATURES, STREAMS } from './matrices.ts';
import { selectionOf } from './run.ts';

/** The pairs of `matrix` that some case of it holds, and no case of `chosen`. */
function missedPairs<A extends Axes>(matrix: Matrix<A>, chosen: readonly object[]): unknown[] {
  const all = allCases(matrix);
  return pairsOf(matrix.axes)
    .filter((pair) => all.some((candidate) => holds(candidate, pair)))
    .filter((pair) => !chosen.some((candidate) => holds(candidate as Record<string, never>, pair)));
}

const axes = { size: [0, 1, 2], padded: [true, false], side: ['a', 'b'], mode: ['x', 'y', 'z'] } as const;
const small = { axes, isPossible: () => true };

describe('the cases of a matrix', () => {
  it('are in full each combination once, but for those that cannot be', () => {
    expect(new Set(allCases(small).map((one) => JSON.stringify(one))).size).toBe(3 * 2 * 2 * 3);
    const isPossible = ({ size, mode }: { size: number; mode: string }) => size > 0 || mode === 'x';
    expect(allCases({ axes, isPossible })).toHaveLength(2 * 2 * 2 * 3 + 1 * 2 * 2 * 1);
  });

  it('hold in a selection any two values that can meet, in whatever matrix', () => {
    const anyAxes = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 3 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 }),
      { minKeys: 2, maxKeys: 5 },
    );
    fc.assert(
      fc.property(anyAxes, fc.integer({ min: 1, max: 5 }), fc.string(), (someAxes, divisor, seed) => {
        const sum = (one: object) =>
          Object.values(one as Record<string, number>).reduce((total, value) => total + value);
        const matrix = { axes: someAxes, isPossible: (one: object) => divisor === 1 || sum(one) % divisor !== 0 };
        const chosen = pairwiseCases(matrix, { seed, rounds: 1 });
        expect(missedPairs(matrix, chosen)).toEqual([]);
        expect(chosen.every(matrix.isPossible)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('are the same for a seed, others for another, and few', () => {
    const chosen = pairwiseCases(small, { seed: 'one', rounds: 1 });
    expect(pairwiseCases(small, { seed: 'one', rounds: 1 })).toEqual(chosen);
    expect(pairwiseCases(small, { seed: 'another', rounds: 1 })).not.toEqual(chosen);
    expect(chosen.length).toBeLessThan(14);
  });

  it('are other ones in a second round, which holds all pairs too', () => {
    const once = pairwiseCases(small, { seed: 'one', rounds: 1 });
    const twice = pairwiseCases(small, { seed: 'one', rounds: 2 });
    expect(twice.slice(0, once.length)).toEqual(once);
    expect(missedPairs(small, twice.slice(once.length))).toEqual([]);
  });

  it('hold in the selections that are run any two values that can meet', () => {
    expect(missedPairs(MESSAGES.pairwise, selectionOf(MESSAGES))).toEqual([]);
    expect(missedPairs(STREAMS.pairwise, selectionOf(STREAMS))).toEqual([]);
    expect(missedPairs(SIGNATURES.pairwise, selectionOf(SIGNATURES))).toEqual([]);
  });
});
