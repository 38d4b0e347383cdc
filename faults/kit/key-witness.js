/** A client that has pinned the first service key, and looks at cards and at the chain again and again, at whichever node. */
import { setTimeout as delay } from 'node:timers/promises';
import { base64ToBytes, bytesToHex, followServiceKeys, importPublicKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { isVerified } from './read-back.js';

const PAUSE_MILLISECONDS = 10;

/** `sightings` are as `check-service-keys.js` takes them, with the times of the history of the load. */
export async function startKeyWitness({ world, random, users, history }) {
  const { keys: known } = await readChain(world);
  const [pinned] = known;
  const sightings = [];
  let isStopped = false;

  const lookAtChain = async () => {
    const sentAt = history.tick();
    const { keys, ...answer } = await readChain(world);
    const toldAt = history.tick();
    const followed = keys && (await followServiceKeys(nodeProvider, { pinned: pinned.publicKey, chain: keys }));
    if (followed) known.push(...keys.filter(({ keyId }) => known.every((key) => key.keyId !== keyId)));
    sightings.push({ of: 'chain', keyId: followed && bytesToHex(followed.identifier), ...answer, sentAt, toldAt });
    await delay(PAUSE_MILLISECONDS);
    return answer.outcome;
  };
  const lookAtCard = async () => {
    const { cardId, identity } = random.pick(history.cards.filter(({ outcome }) => outcome === 'acknowledged'));
    const { token } = users.find((user) => user.identity === identity);
    const sentAt = history.tick();
    const { outcome, code, body } = await world.client.send({ method: 'GET', path: `/card/v5/${cardId}`, token });
    const toldAt = history.tick();
    let keyId = outcome === 'acknowledged' ? await findSigner(known, body) : undefined;
    if (outcome === 'acknowledged' && keyId === undefined) {
      // As the SDK does it: a card by a key that it does not know makes it ask where the chain leads.
      while ((await lookAtChain()) !== 'acknowledged');
      keyId = await findSigner(known, body);
    }
    sightings.push({ of: 'card', keyId, outcome, code, sentAt, toldAt });
  };
  const look = async () => {
    while (!isStopped) {
      await lookAtCard();
      await lookAtChain();
    }
  };
  const looking = look();
  return {
    sightings,
    async stop() {
      isStopped = true;
      await looking;
    },
  };
}

/** `keys` from the oldest to that which signs, where there was an answer. */
async function readChain({ client }) {
  const { outcome, code, body } = await client.send({ method: 'GET', path: '/.well-known/sotto' });
  if (outcome !== 'acknowledged') return { outcome, code };
  const keys = body.serviceKeys.map(({ keyId, publicKey, signature }) => ({
    keyId,
    publicKey: importPublicKey(base64ToBytes(publicKey)),
    signature: signature === undefined ? undefined : base64ToBytes(signature),
  }));
  return { outcome, keys };
}

async function findSigner(known, raw) {
  for (const { keyId, publicKey } of known.toReversed()) if (await isVerified(raw, publicKey)) return keyId;
  return undefined;
}
