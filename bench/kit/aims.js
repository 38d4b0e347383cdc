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
const likeFew = (suite, what) => (job) => ({
  suite,
  job,
  side: 'million',
  of: 'ours',
  atMost: 1.2,
  text: `≤ 1.2 × that of 1,000 ${what}`,
});

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

  floor('groups')('encrypt 1 KB, 100 members', 1.2),
  floor('groups')('decrypt 1 KB, 100 members', 1.15),

  ...['encrypt 16 MB', 'decrypt 16 MB', 'verify, then decrypt 16 MB'].flatMap((job) => [
    floor('files')(`${job}, Node`, 1.18),
    floor('files')(`${job}, Chromium`, 1.25),
  ]),

  floor('service')('publish', 2),
  ...['get', 'search of 1', 'search of 50', 'search of 100', 'publish'].map(likeFew('service', 'cards')),

  floor('service-keys')('Keyknox v1: put', 2),
  floor('service-keys')('brain key, Pythia', 1.2),
  floor('service-keys')('brain key v3', 1.2),
  ...[
    'Keyknox v1: get',
    'Keyknox v1: put',
    'Keyknox v1: put over another',
    'Keyknox v1: reset',
    'Keyknox v2: pull',
    'Keyknox v2: keys',
    'Keyknox v2: push',
    'Keyknox v2: push for 10',
    'Keyknox v2: push over another',
    'Keyknox v2: reset',
    'brain key, Pythia',
    'brain key v3',
    'ratchet keys: validate',
    'ratchet keys: upload of 10',
    'ratchet keys: pick one',
    'ratchet keys: pick of 5',
    'ratchet keys: delete',
  ].map(likeFew('service-keys', 'users')),
];

/** @param {{ suite: string, job: string }} of */
export function aimsFor({ suite, job }) {
  return AIMS.filter((aim) => aim.suite === suite && aim.job === job);
}
