/** Requests of `/card/v5`. */
import { seededCardId, seededIdentity } from './entries.js';
import { openPublishFloor } from './floor.js';
import { makeCard } from './template.js';

const search = (count) => ({
  name: `search of ${count}`,
  requests: count === 1 ? 40 : 20,
  plan: async ({ pick, reader }) => {
    const identities = Array.from({ length: count }, () => seededIdentity(pick()));
    return { request: { path: '/card/v5/actions/search', token: reader, body: { identities } } };
  },
});

export const cards = {
  tables: ['card_chains', 'cards'],
  makeTemplate: ({ template, token }) => publish(template.card, token),
  rowsOf(index, { cards: { content_snapshot } }) {
    const id = seededCardId(index);
    const identity = seededIdentity(index);
    const content = JSON.parse(Buffer.from(content_snapshot, 'base64').toString());
    const snapshot = Buffer.from(JSON.stringify({ ...content, identity })).toString('base64');
    return {
      card_chains: { chain_id: id, head_card_id: id },
      cards: { chain_id: id, card_id: id, identity, content_snapshot: snapshot },
    };
  },
  jobs: [
    {
      name: 'get',
      requests: 40,
      plan: async ({ pick, reader }) => ({
        request: { method: 'GET', path: `/card/v5/${seededCardId(pick())}`, token: reader },
      }),
    },
    ...[1, 50, 100].map(search),
    {
      name: 'publish',
      requests: 10,
      plan: async ({ newUser }) => {
        const { identity, token } = await newUser();
        return { request: publish(await makeCard(identity), token) };
      },
      openFloor: openPublishFloor,
    },
  ],
};

function publish(body, token) {
  return { path: '/card/v5', token, body };
}
