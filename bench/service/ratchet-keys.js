/** Requests of `/pfs/v3/keys`. */
import { createHash } from 'node:crypto';
import { seededCardId, seededIdentity } from './entries.js';
import { makeRatchetKey } from './template.js';

const PATH = '/pfs/v3/keys';
const KEYS_PER_UPLOAD = 10;
const USERS_PER_PICK = 5;

/** All keys of a seeded user, whatever is there: each write of a sample is about another user. */
async function upload({ template, seededUser }, index, count = 1) {
  const { identity, token } = await seededUser(index);
  const body = {
    identity_card_id: seededCardId(index),
    long_term_key: template.signedKey,
    one_time_keys: await Promise.all(Array.from({ length: count }, makeRatchetKey)),
  };
  return { identity, request: { method: 'PUT', path: PATH, token, body } };
}

const keyId = (key) =>
  createHash('sha512').update(Buffer.from(key, 'base64')).digest().subarray(0, 8).toString('base64');

export const ratchetKeys = {
  tables: ['ratchet_identities', 'one_time_keys'],
  makeTemplate: async ({ template, token, rows }) => ({
    method: 'PUT',
    path: PATH,
    token,
    body: {
      identity_card_id: rows.cards.card_id,
      long_term_key: template.signedKey,
      one_time_keys: [await makeRatchetKey()],
    },
  }),
  rowsOf(index) {
    const identity = seededIdentity(index);
    return { ratchet_identities: { identity, card_id: seededCardId(index) }, one_time_keys: { identity } };
  },
  jobs: [
    {
      name: 'ratchet keys: validate',
      requests: 40,
      plan: async ({ template, rows, seededUser, pick }) => ({
        request: {
          path: `${PATH}/actions/validate`,
          token: (await seededUser(pick())).token,
          body: {
            long_term_key_id: keyId(template.signedKey.public_key),
            one_time_keys_ids: [rows.one_time_keys.key_id],
          },
        },
      }),
    },
    {
      name: `ratchet keys: upload of ${KEYS_PER_UPLOAD}`,
      requests: 10,
      plan: async (service) => ({ request: (await upload(service, service.take(), KEYS_PER_UPLOAD)).request }),
    },
    {
      name: 'ratchet keys: pick one',
      requests: 10,
      plan: async (service) => {
        const { identity, request } = await upload(service, service.take());
        return {
          first: [request],
          request: { path: `${PATH}/actions/pick-one`, token: service.reader, body: { identity } },
        };
      },
    },
    {
      name: `ratchet keys: pick of ${USERS_PER_PICK}`,
      requests: 10,
      plan: async (service) => {
        const uploads = await Promise.all(
          Array.from({ length: USERS_PER_PICK }, () => upload(service, service.take())),
        );
        const identities = uploads.map(({ identity }) => identity);
        return {
          first: uploads.map(({ request }) => request),
          request: { path: `${PATH}/actions/pick-batch`, token: service.reader, body: { identities } },
        };
      },
    },
    {
      name: 'ratchet keys: delete',
      requests: 10,
      plan: async (service) => {
        const { request } = await upload(service, service.take());
        return { first: [request], request: { method: 'DELETE', path: PATH, token: request.token } };
      },
    },
  ],
};
