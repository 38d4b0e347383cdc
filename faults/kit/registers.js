/** Places of Keyknox that many write to: the value of a user, and records. Each put names the hash of what it replaces. */
import { createHash, randomBytes } from 'node:crypto';
import { NOTHING } from './check.js';

const LARGEST_VALUE = 12_000;

export function makeContent(random) {
  const bytes = randomBytes(random.between(16, LARGEST_VALUE));
  return { meta: bytes.subarray(0, 16).toString('base64'), value: bytes.toString('base64') };
}

/** Source: docs/spec/service-keyknox.md. */
export function hashOf({ meta, value }) {
  const [metaBytes, valueBytes] = [Buffer.from(meta, 'base64'), Buffer.from(value, 'base64')];
  const length = Buffer.alloc(4);
  length.writeUInt32BE(metaBytes.length);
  return createHash('sha512').update(length).update(metaBytes).update(valueBytes).digest('base64');
}

const EMPTY_HASH = hashOf({ meta: '', value: '' });

export function toHash(headers) {
  const hash = headers['virgil-keyknox-hash'];
  return hash === EMPTY_HASH ? NOTHING : hash;
}

const previous = (hash) => (hash === NOTHING ? {} : { 'Virgil-Keyknox-Previous-Hash': hash });

/** The one value of a user. */
export function valueOf({ identity, token }) {
  return {
    name: `value of ${identity}`,
    hash: NOTHING,
    toPut: (body, hash) => ({ method: 'PUT', path: '/keyknox/v1', token, headers: previous(hash), body }),
    toGet: () => ({ method: 'GET', path: '/keyknox/v1', token }),
    toVersion: ({ version, meta }) => (meta === '' ? 0 : Number.parseInt(version, 10)),
  };
}

export function recordOf({ identity, token }, number) {
  const names = { root: 'faults', path: 'record', key: String(number) };
  return {
    name: `record ${number} of ${identity}`,
    hash: NOTHING,
    toPut: (body, hash) => {
      const push = { ...names, identities: [identity], ...body };
      return { path: '/keyknox/v2/push', token, headers: previous(hash), body: push };
    },
    toGet: () => ({ path: '/keyknox/v2/pull', token, body: names }),
    toVersion: () => undefined,
  };
}
