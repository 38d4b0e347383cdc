/** The suites: what runs, and how their results are shown. Milliseconds everywhere. */

const names = { ours: 'Sotto', before: 'before', official: 'official', floor: 'floor' };
const besideMessages = { ours: 'Sotto', before: 'before', messages: 'messages', floor: 'floor' };
const bars = { libsodium: 'libsodium ¹', jose: 'jose ¹' };
const besideFloor = { head: 'Sotto ÷ floor', of: 'ours', by: 'floor' };
const besideOfficial = { head: 'official ÷ Sotto', of: 'official', by: 'ours' };

const holding = (what) => ({ before: 'before', ours: `1,000 ${what}`, million: `1,000,000 ${what}`, floor: 'floor' });
const besideMillion = [besideFloor, { head: '1,000,000 ÷ 1,000', of: 'million', by: 'ours' }];

/**
 * `columns` are sides in their order; `comparisons` divide one by another. `plot` says what a point's place is; `loads` of which sides the
 * requests per second are shown.
 */
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
    columns: holding('cards'),
    comparisons: besideMillion,
    loads: ['ours', 'million'],
    plot: 'milliseconds',
    load: async () => (await import('../suites/service.js')).runCards,
  },
  'service-keys': {
    title: 'The service: Keyknox, brain keys, ratchet keys',
    columns: holding('users'),
    comparisons: besideMillion,
    loads: ['ours', 'million'],
    plot: 'milliseconds',
    load: async () => (await import('../suites/service.js')).runKeys,
  },
  nodes: {
    title: 'The service on both databases and as two nodes',
    columns: {
      sqlite: 'SQLite, 1,000 users',
      postgres: 'PostgreSQL, 1,000',
      nodes: 'two nodes, 1,000',
      sqliteMillion: 'SQLite, 1,000,000',
      postgresMillion: 'PostgreSQL, 1,000,000',
      nodesMillion: 'two nodes, 1,000,000',
    },
    comparisons: [
      { head: 'PostgreSQL ÷ SQLite', of: 'postgresMillion', by: 'sqliteMillion' },
      { head: 'two nodes ÷ one', of: 'nodesMillion', by: 'postgresMillion' },
    ],
    loads: ['sqlite', 'postgres', 'nodes', 'sqliteMillion', 'postgresMillion', 'nodesMillion'],
    plot: 'milliseconds',
    load: async () => (await import('../suites/nodes.js')).runNodes,
  },
  backup: {
    title: 'Backing up and restoring',
    columns: names,
    comparisons: [besideOfficial],
    plot: 'milliseconds',
    load: async () => (await import('../suites/backup.js')).runBackup,
  },
  groups: {
    title: 'Messages of groups on Node',
    columns: names,
    comparisons: [besideFloor, besideOfficial],
    plot: 'times the floor',
    load: async () => (await import('../suites/groups.js')).runGroups,
  },
  chat: {
    title: 'Rooms of a chat on Node',
    columns: besideMessages,
    comparisons: [besideFloor, { head: 'Sotto ÷ messages', of: 'ours', by: 'messages' }],
    plot: 'times the floor',
    load: async () => (await import('../suites/chat.js')).runChat,
  },
  files: {
    title: 'Files, Node and Chromium',
    columns: names,
    comparisons: [besideFloor, besideOfficial],
    plot: 'times the floor',
    load: async () => (await import('../suites/files.js')).runFiles,
  },
  fields: {
    title: 'Encrypted fields on Node',
    columns: besideMessages,
    comparisons: [besideFloor, { head: 'messages ÷ Sotto', of: 'messages', by: 'ours' }],
    plot: 'times the floor',
    load: async () => (await import('../suites/fields.js')).runFields,
  },
  series: {
    title: 'Sealed series on Node',
    columns: besideMessages,
    comparisons: [besideFloor, { head: 'messages ÷ Sotto', of: 'messages', by: 'ours' }],
    plot: 'times the floor',
    load: async () => (await import('../suites/series.js')).runSeries,
  },
};
