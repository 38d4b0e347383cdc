/** Reads all that a load has written, or may have written, over the service, in the form that `check.js` takes. */
import { createHash } from 'node:crypto';
import { importPublicKey, parseCard, verifyCard, base64ToBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { findLies } from './check.js';
import { guessOf, pickKey, useSpareKey } from './load.js';
import { hashOf, toHash } from './registers.js';

const IDS_PER_QUESTION = 100;

/** Looks, and @throws LieFound if what is found is not what clients were told. */
export async function expectTruth(load) {
  const lies = findLies(load.history, await readBack(load));
  if (lies.length > 0) throw new LieFound(lies);
}

export class LieFound extends Error {
  constructor(lies) {
    super(
      `what clients were told is not what is there:\n${lies
        .slice(0, 20)
        .map((lie) => `  ${lie}`)
        .join('\n')}`,
    );
    this.name = 'LieFound';
    this.lies = lies;
  }
}

/** Takes the one-time keys and the guesses that are left, since only so the service shows which they are, and how many. */
export async function readBack(load) {
  const servicePublicKey = await readServiceKey(load);
  const cards = await mapInParallel(load.history.cards, (card) => findCard(load, { card, servicePublicKey }));
  const registers = await mapInParallel(load.registers, async (register) => {
    const { body, headers } = await ask(load, register.toGet());
    const hash = toHash(headers);
    // What is served is what was written, or it is nothing that its hash says.
    const isWhole = body.meta === '' || hashOf(body) === hash;
    return [register.name, { hash: isWhole ? hash : 'of other content', version: register.toVersion(body) }];
  });
  const unusedKeys = await mapInParallel(load.users, async (user) => [user.identity, await findUnusedKeys(load, user)]);
  const listed = await mapInParallel(load.users, (user) => listCards(load, user));
  for (const owner of load.users) await takeAllKeys(load, owner);
  for (const user of load.users) await takeAllGuesses(load, user);
  await useSpareKey(load);
  return {
    cards: new Map(cards.filter((entry) => entry !== undefined)),
    listed: new Set(listed.flat()),
    registers: new Map(registers),
    unusedKeys: new Map(unusedKeys),
  };
}

async function ask({ world }, call) {
  const answer = await world.client.send(call);
  if (answer.outcome === 'acknowledged') return answer;
  throw new Error(
    `a read was not answered: ${call.path}: ${answer.status} ${JSON.stringify(answer.body) ?? answer.error}`,
  );
}

async function readServiceKey(load) {
  const { body } = await ask(load, { method: 'GET', path: '/.well-known/sotto' });
  return importPublicKey(base64ToBytes(body.serviceKeys.at(-1).publicKey));
}

async function findCard(load, { card: { cardId, identity }, servicePublicKey }) {
  const { token } = load.users.find((user) => user.identity === identity);
  const answer = await load.world.client.send({ method: 'GET', path: `/card/v5/${cardId}`, token });
  if (answer.status === 404) return undefined;
  if (answer.outcome !== 'acknowledged') throw new Error(`a card was not answered: ${answer.status} ${answer.error}`);
  const isSuperseded = answer.headers['x-virgil-is-superseeded'] === 'true';
  const isGenuine = await isVerified(answer.body, servicePublicKey);
  return [cardId, { snapshot: answer.body.content_snapshot, isGenuine, isSuperseded }];
}

/** As a client does it before it uses the key. */
export async function isVerified(raw, servicePublicKey) {
  try {
    await verifyCard(nodeProvider, parseCard(raw), { servicePublicKey });
    return true;
  } catch {
    return false;
  }
}

export async function listCards(load, { identity, token }) {
  const { body } = await ask(load, { path: '/card/v5/actions/search', token, body: { identities: [identity] } });
  return body.map((raw) => parseCard(raw).id);
}

async function findUnusedKeys(load, { identity, token }) {
  const keys = load.history.uploads.filter(({ owner }) => owner === identity).flatMap((upload) => upload.keys);
  const byId = new Map(keys.map((key) => [keyId(key), key]));
  const unused = new Set(keys);
  const ids = [...byId.keys()];
  for (let start = 0; start < ids.length; start += IDS_PER_QUESTION) {
    const body = { one_time_keys_ids: ids.slice(start, start + IDS_PER_QUESTION) };
    const answer = await ask(load, { path: '/pfs/v3/keys/actions/validate', token, body });
    for (const id of answer.body.used_one_time_keys_ids) unused.delete(byId.get(id));
  }
  return unused;
}

/** No more often than keys were left, should they have no end. */
async function takeAllKeys(load, owner) {
  const uploads = load.history.uploads.filter((upload) => upload.owner === owner.identity);
  for (let most = uploads.flatMap(({ keys }) => keys).length; most >= 0; most--) {
    const { outcome, body } = await pickKey(load, { owner, reader: owner });
    if (outcome !== 'acknowledged' || body.one_time_key === undefined) return;
  }
}

/** And one more, which is refused. */
async function takeAllGuesses(load, user) {
  for (let made = 0; made <= load.history.guessLimit; made++) {
    if ((await guessOf(load, user)) !== 'acknowledged') return;
  }
}

function keyId(key) {
  return createHash('sha512').update(Buffer.from(key, 'base64')).digest().subarray(0, 8).toString('base64');
}

const AT_ONCE = 16;

async function mapInParallel(list, work) {
  const results = [];
  const waiting = [...list.entries()].reverse();
  const run = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  return results;
}
