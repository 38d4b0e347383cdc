/**
 * The cases of a matrix: every combination of its axes that can be, or so few of them that any two values of different axes
 * still meet in one (all-pairs testing).
 */
import { createHash } from 'node:crypto';

type Value = string | number | boolean;
export type Axes = Readonly<Record<string, readonly Value[]>>;
export type Case<A extends Axes> = { readonly [Name in keyof A]: A[Name][number] };

export interface Matrix<A extends Axes> {
  readonly axes: A;
  /** Whether there is such a case at all. */
  readonly isPossible: (candidate: Case<A>) => boolean;
}

/** Two axes, and a value of each. */
type Pair = readonly [first: string, firstValue: Value, second: string, secondValue: Value];

/** So many of the cases that hold a pair are weighed against each other. */
const WEIGHED = 100;

export function allCases<A extends Axes>({ axes, isPossible }: Matrix<A>): Case<A>[] {
  const combinations = Object.entries(axes).reduce<Record<string, Value>[]>(
    (begun, [name, values]) => begun.flatMap((some) => values.map((value) => ({ ...some, [name]: value }))),
    [{}],
  );
  return (combinations as Case<A>[]).filter(isPossible);
}

export interface Selection {
  /** One seed gives the same cases always. */
  readonly seed: string;
  /** So often each pair is met, in other cases each time as far as there are any. */
  readonly rounds: number;
}

/** Takes, while a pair is left, the case with it that has most of the pairs left. */
export function pairwiseCases<A extends Axes>(matrix: Matrix<A>, { seed, rounds }: Selection): Case<A>[] {
  const candidates = shuffle(allCases(matrix), seed);
  const chosen = new Set<Case<A>>();
  for (let round = 0; round < rounds; round += 1) {
    let left = pairsOf(matrix.axes);
    while (left.length > 0) {
      const best = bestHolder(candidates, left, chosen);
      if (best) chosen.add(best);
      // Without a holder it is a pair that cannot be, or not once more.
      left = best ? left.filter((pair) => !holds(best, pair)) : left.slice(1);
    }
  }
  return [...chosen];
}

/** Of those that hold the first pair. */
function bestHolder<A extends Axes>(
  candidates: readonly Case<A>[],
  pairs: readonly Pair[],
  chosen: ReadonlySet<Case<A>>,
): Case<A> | undefined {
  const holders = firstFew(candidates, (candidate) => holds(candidate, pairs[0]!) && !chosen.has(candidate));
  const gains = holders.map((candidate) => pairs.filter((pair) => holds(candidate, pair)).length);
  return holders[gains.indexOf(Math.max(...gains))];
}

export function pairsOf(axes: Axes): Pair[] {
  const entries = Object.entries(axes);
  return entries.flatMap(([first, firstValues], index) =>
    entries
      .slice(index + 1)
      .flatMap(([second, secondValues]) =>
        firstValues.flatMap((one) => secondValues.map((other): Pair => [first, one, second, other])),
      ),
  );
}

export function holds(candidate: Case<Axes>, [first, firstValue, second, secondValue]: Pair): boolean {
  return candidate[first] === firstValue && candidate[second] === secondValue;
}

function firstFew<T>(values: readonly T[], isWanted: (value: T) => boolean): T[] {
  const found: T[] = [];
  for (const value of values) {
    if (isWanted(value)) found.push(value);
    if (found.length === WEIGHED) break;
  }
  return found;
}

/** Fisher and Yates, with numbers that come of the seed. */
function shuffle<T>(values: readonly T[], seed: string): T[] {
  const shuffled = [...values];
  const drawn = createHash('shake256', { outputLength: 4 * values.length })
    .update(seed)
    .digest();
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = drawn.readUInt32LE(4 * last) % (last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}

/** For titles and failures. */
export function describeCase(candidate: Case<Axes>): string {
  return Object.entries(candidate)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
