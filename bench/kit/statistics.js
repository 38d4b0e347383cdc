/** Medians and their spread, and how two sides compare that were measured in the same rounds. */

const RESAMPLES = 1000;
const SEED = 20260801;

/** The value below which that share of the others lies, interpolated. `values` is not empty. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Median and quartiles. */
export function summarize(values) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  return { median: middle, low, high };
}

/**
 * How many times `a` is of `b`: the median over the rounds, each with its own ratio, so that what slowed a round down
 * slowed both. `low` and `high` hold the true median in 99 of 100 runs (percentile bootstrap, the same for the same values): many jobs
 * are compared in one run, and few of them shall seem to have changed by chance.
 */
export function compareRounds(a, b) {
  const ratios = a.map((value, round) => value / b[round]);
  const random = createRandom(SEED);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(ratios.map(() => ratios[Math.floor(random() * ratios.length)])),
  );
  return { ratio: median(ratios), low: quantile(medians, 0.005), high: quantile(medians, 0.995) };
}

/** Numbers from 0 to below 1 that look random, and are the same for the same seed: mulberry32, of Tommy Ettinger. */
export function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
