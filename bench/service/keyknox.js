/** Requests of `/keyknox/v1`, where each user has one value, and of `/keyknox/v2`, where values have names and readers. */
import { createHash } from 'node:crypto';
import { seededIdentity } from './entries.js';
import { openInsertFloor } from './floor.js';

const PREVIOUS_HASH = 'Virgil-Keyknox-Previous-Hash';
/** As a named backup, and the epoch of a group. */
const NAMES = { root: 'e3kit', path: 'backup', key: 'spare' };
const MEMBERS = 10;

const put = ({ token }, content, headers) => ({ method: 'PUT', path: '/keyknox/v1', token, headers, body: content });
const push = ({ identity, token }, content, { headers, members = [] } = {}) => ({
  path: '/keyknox/v2/push',
  token,
  headers,
  body: { ...NAMES, identities: [identity, ...members], ...content },
});

/** A request of a user who is not among the seeded ones, with requests before the clock that make what it changes. */
const change = (name, toRequests, rest = {}) => ({
  name,
  requests: 10,
  plan: async ({ template, rows, newUser, pick }) => {
    const requests = toRequests(await newUser(), { template, rows, pick });
    return { first: requests.slice(0, -1), request: requests.at(-1) };
  },
  ...rest,
});

/** A request about what a seeded user has. */
const read = (name, toRequest) => ({
  name,
  requests: 40,
  plan: async ({ seededUser, pick }) => ({ request: toRequest(await seededUser(pick())) }),
});

export const keyknoxValues = {
  tables: ['keyknox_values'],
  makeTemplate: ({ template, token }) => put({ token }, template.backup),
  rowsOf: (index) => ({ keyknox_values: { identity: seededIdentity(index) } }),
  jobs: [
    read('Keyknox v1: get', ({ token }) => ({ method: 'GET', path: '/keyknox/v1', token })),
    change('Keyknox v1: put', (user, { template }) => [put(user, template.backup)], {
      openFloor: ({ file, like }) => openInsertFloor({ file, like, table: 'keyknox_values', key: 'identity' }),
    }),
    change('Keyknox v1: put over another', (user, { template, rows }) => [
      put(user, template.backup),
      put(user, template.nextBackup, { [PREVIOUS_HASH]: rows.keyknox_values.hash }),
    ]),
    change('Keyknox v1: reset', (user, { template }) => [
      put(user, template.backup),
      { path: '/keyknox/v1/reset', token: user.token },
    ]),
  ],
};

export const keyknoxRecords = {
  tables: ['keyknox_records', 'keyknox_contents', 'keyknox_copies', 'keyknox_usage'],
  makeTemplate: ({ template, token }) => push({ identity: template.identity, token }, template.backup),
  rowsOf(index) {
    const identity = seededIdentity(index);
    const ids = { folder_id: hashNames(identity, NAMES.root, NAMES.path) };
    const record_id = hashNames(identity, NAMES.root, NAMES.path, NAMES.key);
    return {
      keyknox_records: { ...ids, record_id, owner: identity },
      keyknox_contents: { record_id },
      keyknox_copies: { ...ids, record_id, identity },
      keyknox_usage: { identity },
    };
  },
  jobs: [
    read('Keyknox v2: pull', ({ token }) => ({ path: '/keyknox/v2/pull', token, body: NAMES })),
    read('Keyknox v2: keys', ({ token }) => {
      const { root, path } = NAMES;
      return { path: '/keyknox/v2/keys', token, body: { root, path } };
    }),
    change('Keyknox v2: push', (user, { template }) => [push(user, template.backup)], {
      openFloor: ({ file, like }) => openInsertFloor({ file, like, table: 'keyknox_contents', key: 'record_id' }),
    }),
    change(`Keyknox v2: push for ${MEMBERS}`, (user, { template, pick }) => {
      const members = Array.from({ length: MEMBERS - 1 }, () => seededIdentity(pick()));
      return [push(user, template.backup, { members })];
    }),
    change('Keyknox v2: push over another', (user, { template, rows }) => [
      push(user, template.backup),
      push(user, template.nextBackup, { headers: { [PREVIOUS_HASH]: rows.keyknox_records.hash } }),
    ]),
    change('Keyknox v2: reset', (user, { template }) => [
      push(user, template.backup),
      { path: '/keyknox/v2/reset', token: user.token, body: { ...NAMES, identity: user.identity } },
    ]),
  ],
};

/** The ids of records and folders in the database: docs/spec/keyknox.md. */
function hashNames(...names) {
  return createHash('sha256').update(JSON.stringify(names)).digest('hex');
}
