/**
 * Requests of `/pythia/v1/brainkey` and `/brainkey/v3/harden`. Each is a guess of another user, as the limits are per user: a user
 * has a burst of 20, and nobody needs more in one sitting.
 */
import { randomBytes } from 'node:crypto';
import { bytesToBase64 } from '@sotto/core';
import { hardenPoint, transformPythia } from '@sotto/core/brain-key-server';
import { seededIdentity } from './entries.js';

const ask = (path, body) => ({
  requests: 4,
  plan: async ({ template, seededUser, take }) => ({
    request: { path, token: (await seededUser(take())).token, body: body(template) },
  }),
});

/** What cannot be left out of the answer: the computation, without a guess that is counted and synced. */
const compute =
  (run) =>
  ({ template }) => {
    const secret = randomBytes(32);
    let count = 0;
    const owner = () => ({ secret, application: 'bench', identity: `user-${count++}` });
    return { run: () => run(owner(), template), close: () => {} };
  };

const askPythia = ask('/pythia/v1/brainkey', (template) => ({
  blinded_password: bytesToBase64(template.blindedPassword),
}));

export const brainKeys = {
  tables: ['brain_key_guesses'],
  makeTemplate: ({ template, token }) => ({
    path: '/pythia/v1/brainkey',
    token,
    body: { blinded_password: bytesToBase64(template.blindedPassword) },
  }),
  rowsOf: (index) => ({ brain_key_guesses: { identity: seededIdentity(index) } }),
  jobs: [
    {
      name: 'brain key, Pythia',
      ...askPythia,
      openFloor: compute((owner, { blindedPassword }) => transformPythia({ ...owner, blindedPassword })),
    },
    {
      name: 'brain key v3',
      ...ask('/brainkey/v3/harden', (template) => ({ blinded_point: bytesToBase64(template.blindedPoint) })),
      openFloor: compute((owner, { blindedPoint }) => hardenPoint({ ...owner, blindedPoint })),
    },
  ],
};
