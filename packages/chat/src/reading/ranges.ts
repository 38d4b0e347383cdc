/** Which stretches of a room were loaded without a hole, so that what is missing inside of one is missing indeed. */

export interface LoadedRanges {
  /** All messages from one index to the other, both inclusive, were loaded. */
  add(from: number, to: number): void;
  /** Everything up to here was loaded from the one before on: a message that came live. */
  extendTo(index: number): void;
  /** The newest ones were loaded: what comes live next has nothing between. */
  resume(): void;
  /** After events were missed: what comes live next has nothing before it. */
  interrupt(): void;
  readonly isWhole: (from: number, to: number) => boolean;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

export function createLoadedRanges(): LoadedRanges {
  let ranges: readonly Range[] = [];
  let isLive = false;

  const add = (from: number, to: number): void => {
    const touches = (range: Range): boolean => range.from <= to + 1 && range.to >= from - 1;
    const joined = ranges.filter(touches);
    const whole = {
      from: Math.min(from, ...joined.map((range) => range.from)),
      to: Math.max(to, ...joined.map((range) => range.to)),
    };
    ranges = [...ranges.filter((range) => !touches(range)), whole].sort((a, b) => a.from - b.from);
  };
  return {
    add,
    extendTo(index) {
      const newest = ranges.at(-1);
      add(isLive && newest ? Math.min(newest.to, index) : index, index);
      isLive = true;
    },
    resume() {
      isLive = true;
    },
    interrupt() {
      isLive = false;
    },
    isWhole: (from, to) => ranges.some((range) => range.from <= from && range.to >= to),
  };
}
