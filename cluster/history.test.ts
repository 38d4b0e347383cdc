// The judge itself: it must see a loss where there is one, and none where nobody was told that something is kept.
import { describe, expect, it } from 'vitest';
import { createHistory, outcomeOf, type Outcome } from './kit/history.ts';

function violationsOf(writes: readonly (readonly [string, Outcome])[], stored: string | undefined): number {
  const history = createHistory();
  for (const [value, outcome] of writes) history.add({ slot: 'a slot', value, outcome });
  return history.check(new Map(stored === undefined ? [] : [['a slot', stored]])).length;
}

describe('a history', () => {
  it.each<[readonly (readonly [string, Outcome])[], string | undefined]>([
    [[['1', 'acknowledged']], '1'],
    [[['1', 'unknown']], undefined],
    [[['1', 'unknown']], '1'],
    [
      [
        ['1', 'acknowledged'],
        ['2', 'unknown'],
      ],
      '1',
    ],
    [
      [
        ['1', 'acknowledged'],
        ['2', 'unknown'],
        ['3', 'unknown'],
      ],
      '2',
    ],
    [
      [
        ['1', 'acknowledged'],
        ['2', 'refused'],
      ],
      '1',
    ],
    [[['1', 'refused']], undefined],
  ])('of %j takes %s', (writes, stored) => expect(violationsOf(writes, stored)).toBe(0));

  it.each<[readonly (readonly [string, Outcome])[], string | undefined]>([
    [[['1', 'acknowledged']], undefined],
    [
      [
        ['1', 'acknowledged'],
        ['2', 'acknowledged'],
      ],
      '1',
    ],
    [
      [
        ['1', 'unknown'],
        ['2', 'acknowledged'],
      ],
      '1',
    ],
    [
      [
        ['1', 'acknowledged'],
        ['2', 'refused'],
      ],
      '2',
    ],
    [[['1', 'refused']], '1'],
    [[['1', 'unknown']], '2'],
  ])('of %j does not take %s', (writes, stored) => expect(violationsOf(writes, stored)).toBe(1));

  it('knows what an answer says of a write', () => {
    expect([200, 400, 429, 500, 503, undefined].map(outcomeOf)).toEqual([
      'acknowledged',
      'refused',
      'refused',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });
});
