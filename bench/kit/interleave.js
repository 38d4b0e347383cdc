/**
 * Measures sides in turns. A machine that others use as well is slower now and then; each round has every side once, in random
 * order, so that all of them meet the same machine. Runs in Node and in a page.
 */

/**
 * Takes one sample of each side per round. Gives back the samples by side, in the order of the rounds.
 * @param {object} options
 * @param {readonly string[]} options.names The sides.
 * @param {(name: string) => number | Promise<number>} options.sample
 * @param {number} options.rounds
 * @param {() => number} [options.random]
 */
export async function interleave({ names, sample, rounds, random = Math.random }) {
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of shuffle(names, random)) samples[name].push(await sample(name));
  }
  return samples;
}

/**
 * Milliseconds per call of each side. Before the rounds every side runs for a while, which gets it compiled and tells how many calls a
 * sample holds.
 * @param {Readonly<Record<string, () => unknown>>} calls By side; those that give a promise are awaited.
 * @param {object} options
 * @param {number} options.rounds
 * @param {number} options.sampleMilliseconds
 * @param {number} options.warmUpMilliseconds For each side.
 * @param {() => number} [options.random]
 * @param {() => number} [options.now]
 * @param {() => number} [options.countDisturbances] How often the system has taken the processor away so far. A sample in which it
 *   did is taken again, a few times at most; the least disturbed one counts.
 */
export async function timeSides(calls, options) {
  const { rounds, random, now = () => performance.now(), countDisturbances = () => 0 } = options;
  const counts = {};
  for (const [name, call] of Object.entries(calls)) counts[name] = await warmUp(call, { ...options, now });
  const sample = (name) => timeUndisturbed(calls[name], { count: counts[name], now, countDisturbances });
  return interleave({ names: Object.keys(calls), sample, rounds, random });
}

const TRIES = 6;

/** Gives back how many calls a sample holds, by the last half of the warm-up. */
async function warmUp(call, { warmUpMilliseconds, sampleMilliseconds, now }) {
  const end = now() + warmUpMilliseconds;
  let each = 0;
  for (let count = 1; now() < end || each === 0; count *= 2) each = await timeCalls(call, { count, now });
  return Math.max(1, Math.round(sampleMilliseconds / each));
}

async function timeUndisturbed(call, { count, now, countDisturbances }) {
  let best;
  for (let tries = 0; tries < TRIES && best?.disturbances !== 0; tries++) {
    const before = countDisturbances();
    const each = await timeCalls(call, { count, now });
    const disturbances = countDisturbances() - before;
    if (best === undefined || disturbances < best.disturbances) best = { each, disturbances };
  }
  return best.each;
}

async function timeCalls(call, { count, now }) {
  const began = now();
  for (let i = 0; i < count; i++) {
    const result = call();
    // What is synchronous is not charged for waiting.
    if (result instanceof Promise) await result;
  }
  return (now() - began) / count;
}

/** The names in random order, as a new list. */
export function shuffle(names, random) {
  const shuffled = [...names];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}
