/** Who is in a load: users with a card and ratchet keys, made as clients make them. */
import { randomBytes } from 'node:crypto';
import { base64ToBytes, bytesToBase64, cardId as idOfSnapshot, generateKeyPair, issueCard, sign } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';

export async function addSpareKey(world) {
  const key = await world.addAppKey();
  return { appKeyId: key.appKeyId, token: await world.tokenOf('spare', key) };
}

/** Under a card that nobody replaces or revokes. */
export async function leaveKeys({ world, history }, user) {
  const { raw, cardId, privateKey } = await makeCard(user.identity);
  const publicKey = makeRatchetKey();
  const signature = bytesToBase64(await sign(nodeProvider, privateKey, base64ToBytes(publicKey)));
  const body = { identity_card_id: cardId, long_term_key: { public_key: publicKey, signature } };
  const published = await world.client.send({ path: '/card/v5', token: user.token, body: raw });
  const left = await world.client.send({ method: 'PUT', path: '/pfs/v3/keys', token: user.token, body });
  for (const { status, body: said } of [published, left]) {
    if (status !== 200) throw new Error(`a user could not be made: ${status} ${JSON.stringify(said)}`);
  }
  const [sentAt, toldAt] = [history.tick(), history.tick()];
  const card = { identity: user.identity, cardId, snapshot: raw.content_snapshot };
  history.cards.push({ ...card, outcome: 'acknowledged', sentAt, toldAt });
}

export async function makeCard(identity, previousCardId) {
  const { privateKey } = await generateKeyPair(nodeProvider);
  const createdAt = Math.floor(Date.now() / 1000);
  const raw = await issueCard(nodeProvider, { identity, privateKey, createdAt, previousCardId });
  return { raw, cardId: idOfSnapshot(base64ToBytes(raw.content_snapshot)), privateKey };
}

const X25519_DER = Buffer.from('302a300506032b656e032100', 'hex');

/** The service looks at no more of it than its length. */
export function makeRatchetKey() {
  return Buffer.concat([X25519_DER, randomBytes(32)]).toString('base64');
}
