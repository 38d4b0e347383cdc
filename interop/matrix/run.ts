/** How much is run, and how: many cases at a time, so that the official process and ours both have work. */
import { type Axes, allCases, type Case, type Matrix, pairwiseCases } from './cases.ts';
import type { Extents } from './matrices.ts';

/** `npm run interop -- --full`. */
export const isFull = process.env['SOTTO_INTEROP'] === 'full';

/** The same in all runs: a selection that changed from run to run would fail now and then. */
const SELECTION = { seed: 'sotto', rounds: 4 };
const AT_ONCE = 16;

export const WRITERS = ['official', 'Sotto'] as const;

export function wayOf(writer: (typeof WRITERS)[number]): string {
  return writer === 'official' ? 'it writes, Sotto reads' : 'Sotto writes, it reads';
}

export function extentOf<A extends Axes>({ full, pairwise }: Extents<A>): Matrix<A> {
  return isFull ? full : pairwise;
}

export function casesOf<A extends Axes>(extents: Extents<A>): Case<A>[] {
  return isFull ? allCases(extents.full) : selectionOf(extents);
}

/** The cases that are run where not all of them are. */
export function selectionOf<A extends Axes>({ pairwise }: Extents<A>): Case<A>[] {
  return pairwiseCases(pairwise, SELECTION);
}

/** Checks each of `items`; what went wrong with which, in words. */
export async function failuresOf<T>(
  items: readonly T[],
  check: (item: T) => Promise<void>,
  describe: (item: T) => string,
): Promise<string[]> {
  const failures: string[] = [];
  const rest = items.values();
  const work = async () => {
    for (const item of rest) {
      try {
        await check(item);
      } catch (error) {
        failures.push(`${describe(item)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failures;
}
