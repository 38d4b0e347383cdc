/** Which sequence numbers of a session were read: the newest, those among the 4,096 before it, and how many are missing. */
import { seriesError } from './errors.ts';

export const WINDOW = 4096;

export interface Gap {
  readonly from: number;
  /** The number after the last one that is missing. */
  readonly to: number;
}

export interface Window {
  /** The number after the highest one that was read or promised. */
  readonly next: number;
  readonly missing: number;
  has(sequence: number): boolean;
  /** @throws `series/repeated`, `series/too-late` */
  check(sequence: number): void;
  /** Takes note of a number that `check` let through. What is missing before it, if it is ahead of what was expected. */
  add(sequence: number): Gap | undefined;
  /** Readings up to before `next` exist, whether they were read or not. */
  extend(next: number): Gap | undefined;
}

/** @param first what was read before is below it */
export function createWindow(first: number): Window {
  const read = new Set<number>();
  let next = first;
  let missing = 0;
  const forget = (): void => {
    // In order of reading, near enough: the window is a bound on memory and decides by number.
    for (const sequence of read) {
      if (read.size <= 2 * WINDOW) return;
      if (sequence < next - WINDOW) read.delete(sequence);
    }
  };
  const extend = (to: number): Gap | undefined => {
    if (to <= next) return undefined;
    const gap = { from: next, to };
    missing += to - next;
    next = to;
    return gap;
  };
  return {
    get next() {
      return next;
    },
    get missing() {
      return missing;
    },
    has: (sequence) => read.has(sequence),
    check(sequence) {
      if (sequence < first || read.has(sequence)) throw seriesError('series/repeated');
      if (sequence < next - WINDOW) throw seriesError('series/too-late');
    },
    add(sequence) {
      const gap = extend(sequence);
      if (sequence === next) next++;
      else missing--;
      read.add(sequence);
      forget();
      return gap;
    },
    extend,
  };
}
