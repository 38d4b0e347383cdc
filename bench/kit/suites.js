/** The suites: what runs, and how their results are shown. Milliseconds everywhere. */

const names = { ours: 'Sotto', before: 'before', official: 'official', floor: 'floor' };
const bars = { libsodium: 'libsodium ¹', jose: 'jose ¹' };
const besideFloor = { head: 'Sotto ÷ floor', of: 'ours', by: 'floor' };
const besideOfficial = { head: 'official ÷ Sotto', of: 'official', by: 'ours' };

/** `columns` are sides in their order; `comparisons` divide one by another. `plot` says what a point's place is. */
export const SUITES = {
  messages: {
    title: 'Messages on Node',
    columns: { ...names, ...bars },
    comparisons: [besideFloor, besideOfficial],
    plot: 'times the floor',
    load: async () => (await import('../suites/messages.js')).runMessages,
  },
  'cold-start': {
    title: 'A new process on Node',
    columns: names,
    comparisons: [besideFloor, besideOfficial],
    plot: 'milliseconds',
    load: async () => (await import('../suites/cold-start.js')).runColdStart,
  },
  browser: {
    title: 'Chromium',
    columns: { ...names, ...bars },
    comparisons: [besideFloor, besideOfficial],
    plot: 'times the floor',
    load: async () => (await import('../suites/browser.js')).runBrowser,
  },
  service: {
    title: 'The service',
    columns: { before: 'before', ours: '1,000 cards', million: '1,000,000 cards', floor: 'floor' },
    comparisons: [besideFloor, { head: '1,000,000 ÷ 1,000', of: 'million', by: 'ours' }],
    plot: 'milliseconds',
    load: async () => (await import('../suites/service.js')).runService,
  },
};
