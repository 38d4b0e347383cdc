/**
 * What many clients do at one time, so that a fault strikes among it: a few users whom all of them write for, so that they meet.
 * Each request goes into a history.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { bytesToBase64, utf8ToBytes } from '@sotto/core';
import { startPythia } from '@sotto/core/backup';
import { nodeProvider } from '@sotto/core/node';
import { countOutcomes, createHistory } from './history.js';
import { hashOf, makeContent, recordOf, toHash, valueOf } from './registers.js';
import { addSpareKey, leaveKeys, makeCard, makeRatchetKey } from './users.js';
import { GUESS_LIMIT } from './world.js';

const CLIENTS = 64;
const USERS = 6;
const RECORDS_PER_USER = 2;
const KEYS_PER_UPLOAD = 8;
/** Over a card that was revoked, or replaced without a word: after so many its user begins another chain. */
const MOST_REFUSALS = 8;
/** After its replacement was begun, which takes about as long. */
const LATEST_REVOCATION_MILLISECONDS = 100;
/** Before the next request after one that nobody answered. */
const PAUSE_MILLISECONDS = 100;
const PATIENCE_MILLISECONDS = 120_000;

/** How often each is done, of a hundred. */
const WORK = [
  [14, publish],
  [4, revokeAndPublish],
  [34, put],
  [6, upload],
  [22, pick],
  [4, guess],
  [14, read],
  [2, useAppKey],
];
const DICE = WORK.flatMap(([times, work]) => Array.from({ length: times }, () => work));

let loads = 0;

/** Users of their own, who have a card and ratchet keys. The requests of this are not part of the history. */
export async function prepareLoad(world, { random }) {
  const history = createHistory({ guessLimit: GUESS_LIMIT });
  const name = `load ${++loads}`;
  const { request } = await startPythia(nodeProvider, utf8ToBytes('password'));
  const load = {
    world,
    history,
    random,
    blindedPassword: bytesToBase64(request),
    users: [],
    registers: [],
    spareKey: undefined,
  };
  for (let index = 0; index < USERS; index++) {
    const identity = `${name} user ${index}`;
    const user = { identity, token: await world.tokenOf(identity), head: undefined, refusals: 0 };
    load.users.push(user);
    load.registers.push(valueOf(user));
    for (let number = 0; number < RECORDS_PER_USER; number++) load.registers.push(recordOf(user, number));
    await leaveKeys(load, user);
  }
  load.spareKey = await addSpareKey(world);
  return load;
}

/** Starts the clients; `isGuessing` says whether they ask for brain keys too. `stop` resolves when the last of them was answered. */
export function runLoad(load, { clients = CLIENTS, isGuessing = true } = {}) {
  const dice = isGuessing ? DICE : DICE.filter((work) => work !== guess);
  let isStopped = false;
  const work = async () => {
    while (!isStopped) {
      const outcome = await load.random.pick(dice)(load);
      if (outcome === 'unknown') await delay(PAUSE_MILLISECONDS);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, work));
  const whenCounted = async (toCount, more) => {
    const giveUpAt = performance.now() + PATIENCE_MILLISECONDS;
    const count = () => toCount(countOutcomes([load.history]));
    const enough = count() + more;
    while (count() < enough) {
      if (performance.now() > giveUpAt) throw new Error('the service did not go on in two minutes');
      await delay(20);
    }
  };
  return {
    async stop() {
      isStopped = true;
      await running;
    },
    /** Resolves when so many more requests were acknowledged. */
    whenAcknowledged: (count) => whenCounted(({ acknowledged }) => acknowledged, count),
    /** Resolves when so many more requests had an end, whichever. */
    whenEnded: (count) => whenCounted(({ acknowledged, refused, unknown }) => acknowledged + refused + unknown, count),
  };
}

/** Sends it, and notes in the list what came of it. `toMore` reads the answer. */
async function note(load, { list, call, toMore, ...entry }) {
  const { history, world } = load;
  const sentAt = history.tick();
  const answer = await world.client.send(call);
  history[list].push({
    ...entry,
    ...(answer.outcome === 'acknowledged' ? toMore?.(answer) : {}),
    outcome: answer.outcome,
    code: answer.code,
    sentAt,
    toldAt: history.tick(),
  });
  return answer;
}

/** Several clients replace the same card: one of them may. */
function publish(load) {
  return replaceHead(load, load.random.pick(load.users));
}

/** A chain is revoked while others replace its head, and they go on to do so. */
async function revokeAndPublish(load) {
  const user = load.random.pick(load.users);
  const cardId = user.head;
  if (cardId === undefined) return replaceHead(load, user);
  const call = { path: `/card/v5/actions/revoke/${cardId}`, token: user.token };
  const replacements = [replaceHead(load, user), replaceHead(load, user)];
  await delay(load.random.between(0, LATEST_REVOCATION_MILLISECONDS));
  const { outcome } = await note(load, { list: 'revocations', call, cardId });
  await Promise.all(replacements);
  return outcome;
}

async function replaceHead(load, user) {
  const previousCardId = user.head;
  const { raw, cardId } = await makeCard(user.identity, previousCardId);
  const { outcome } = await noteCard(load, { user, raw, cardId, previousCardId });
  if (user.head !== previousCardId) return outcome;
  if (outcome === 'acknowledged') Object.assign(user, { head: cardId, refusals: 0 });
  else if (outcome === 'refused' && ++user.refusals >= MOST_REFUSALS)
    Object.assign(user, { head: undefined, refusals: 0 });
  return outcome;
}

function noteCard(load, { user, raw, cardId, previousCardId }) {
  const call = { path: '/card/v5', token: user.token, body: raw };
  const { identity } = user;
  return note(load, { list: 'cards', call, identity, cardId, previousCardId, snapshot: raw.content_snapshot });
}

/** With the hash that was seen last, whoever has put in the meantime. */
async function put(load) {
  const register = load.random.pick(load.registers);
  const previousHash = register.hash;
  const content = makeContent(load.random);
  const hash = hashOf(content);
  const { outcome } = await note(load, {
    list: 'puts',
    call: register.toPut(content, previousHash),
    register: register.name,
    previousHash,
    hash,
  });
  if (outcome === 'acknowledged') register.hash = hash;
  else await lookAt(load, register);
  return outcome;
}

async function lookAt({ world }, register) {
  const { outcome, headers } = await world.client.send(register.toGet());
  if (outcome === 'acknowledged') register.hash = toHash(headers);
}

async function upload(load) {
  const user = load.random.pick(load.users);
  const keys = Array.from({ length: KEYS_PER_UPLOAD }, makeRatchetKey);
  const call = { method: 'PUT', path: '/pfs/v3/keys', token: user.token, body: { one_time_keys: keys } };
  return (await note(load, { list: 'uploads', call, owner: user.identity, keys })).outcome;
}

async function pick(load) {
  const [owner, reader] = [load.random.pick(load.users), load.random.pick(load.users)];
  return (await pickKey(load, { owner, reader })).outcome;
}

/** Also what the look at what is left does, until there is none. */
export async function pickKey(load, { owner, reader }) {
  const { identity } = owner;
  const call = { path: '/pfs/v3/keys/actions/pick-one', token: reader.token, body: { identity } };
  return note(load, { list: 'picks', call, owner: identity, toMore: ({ body }) => ({ key: body.one_time_key }) });
}

function guess(load) {
  return guessOf(load, load.random.pick(load.users));
}

export async function guessOf(load, { identity, token }) {
  const call = { path: '/pythia/v1/brainkey', token, body: { blinded_password: load.blindedPassword } };
  return (await note(load, { list: 'guesses', call, identity })).outcome;
}

async function read(load) {
  const known = load.history.cards.filter(({ outcome }) => outcome === 'acknowledged');
  if (known.length === 0) return 'refused';
  const { cardId, identity } = load.random.pick(known.slice(-50));
  const { token } = load.users.find((user) => user.identity === identity);
  const sentAt = load.history.tick();
  const { outcome, status, code } = await load.world.client.send({ method: 'GET', path: `/card/v5/${cardId}`, token });
  const isAnswer = status === 200 || status === 404;
  const entry = { cardId, isFound: status === 200, sentAt, toldAt: load.history.tick(), code };
  load.history.reads.push({ ...entry, outcome: isAnswer ? 'acknowledged' : outcome });
  return outcome;
}

/** A token by a key that the story revokes at some time. */
async function useAppKey(load) {
  const { appKeyId, token } = load.spareKey;
  const call = { method: 'GET', path: '/keyknox/v1', token };
  return (await note(load, { list: 'keyUses', call, appKeyId })).outcome;
}

/** Revokes the spare key, as the operator's command does it, and puts another in its place. */
export async function revokeSpareKey(load) {
  const { world, history, spareKey } = load;
  const sentAt = history.tick();
  await world.revokeAppKey(spareKey.appKeyId);
  const entry = { appKeyId: spareKey.appKeyId, outcome: 'acknowledged', sentAt, toldAt: history.tick() };
  history.keyRevocations.push(entry);
}

/** That it is refused is found out by using it once more. */
export const useSpareKey = useAppKey;
