/** Random numbers that come again with the same seed: when a fault strikes, and what clients do. Not for keys. Source: mulberry32, public domain. */

/** @returns {{ number: () => number, between: (low: number, high: number) => number, pick: <T>(list: readonly T[]) => T }} */
export function createRandom(seed) {
  let state = seed >>> 0;
  const number = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** Whole, `high` included. */
  const between = (low, high) => low + Math.floor(number() * (high - low + 1));
  return { number, between, pick: (list) => list[between(0, list.length - 1)] };
}
