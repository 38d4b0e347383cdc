/** What a result says: about an aim, and about two revisions. */
import { compareRounds, median } from './statistics.js';

/** Less than this is not worth the word, even where it is certain. */
const SMALLEST_DIFFERENCE = 0.03;

/** `met`, `not met`, or `open` where the spread of the ratio reaches across the bound. `value` is what is compared with it. */
export function judgeAim({ side, of, atMost }, sides) {
  if (of === undefined) {
    const value = median(sides[side]);
    return { value, verdict: value <= atMost ? 'met' : 'not met' };
  }
  const { ratio: value, low, high } = compareRounds(sides[side], sides[of]);
  if (high <= atMost) return { value, verdict: 'met' };
  return { value, verdict: low > atMost ? 'not met' : 'open' };
}

/**
 * `faster` or `slower` than before where the interval of the ratio leaves out 1, the ratio is more than 3 % away from it, and
 * each process that measured says the same; else `noise`.
 */
export function compareRevisions({ sides: { ours, before }, processes = 1 }) {
  const comparison = compareRounds(ours, before);
  const { ratio, low, high } = comparison;
  const rounds = ours.length / processes;
  const byProcess = Array.from({ length: processes }, (_, index) => {
    const [begin, end] = [index * rounds, (index + 1) * rounds];
    return compareRounds(ours.slice(begin, end), before.slice(begin, end)).ratio;
  });
  const agree = byProcess.every((each) => each < 1 === ratio < 1);
  const isCertain = (low > 1 || high < 1) && Math.abs(ratio - 1) > SMALLEST_DIFFERENCE && agree;
  return { ...comparison, verdict: isCertain ? (ratio < 1 ? 'faster' : 'slower') : 'noise' };
}
