/** What `docs/performance.md` holds the results against: an upper bound of one side's time as a multiple of another's. */

/**
 * @typedef {object} Aim
 * @property {string} suite
 * @property {string} job
 * @property {string} side Whose time; `ours` but for few.
 * @property {string} [of] Of what; milliseconds where it is left out.
 * @property {number} atMost
 * @property {string} text As the tables show it.
 */

const ours = (suite, of) => (job, atMost, text) => ({ suite, job, side: 'ours', of, atMost, text });
const asFast = (suite) => (job, times) => ours(suite, 'official')(job, 1 / times, `≥ ${times} × as fast as official`);
const floor = (suite) => (job, atMost) => ours(suite, 'floor')(job, atMost, `≤ ${atMost} × floor`);

/** @type {readonly Aim[]} */
export const AIMS = [
  floor('messages')('seal 1 KB', 1.15),
  floor('messages')('open 1 KB', 1.15),
  asFast('messages')('seal 1 KB for 100', 4),
  asFast('messages')('seal 1 MB', 7),
  asFast('messages')('open 1 MB', 7),

  floor('browser')('seal 1 KB', 1.2),
  floor('browser')('open 1 KB', 1.2),
  asFast('browser')('seal 1 KB for 100', 2.5),
  asFast('browser')('seal 1 MB', 3.5),
  asFast('browser')('open 1 MB', 3.5),
  ours('browser')('from the module to the first message', 10, '≤ 10 ms'),

  floor('service')('publish', 2),
  ...['get', 'search of 1', 'search of 50', 'search of 100', 'publish'].map((job) => ({
    suite: 'service',
    job,
    side: 'million',
    of: 'ours',
    atMost: 1.2,
    text: '≤ 1.2 × that of 1,000 cards',
  })),
];

/** @param {{ suite: string, job: string }} of */
export function aimsFor({ suite, job }) {
  return AIMS.filter((aim) => aim.suite === suite && aim.job === job);
}
