/**
 * Holds what is found in a service against what its clients were told. The model, in a sentence each:
 *
 * - What was acknowledged is there, what was refused is not, and what is unknown is there whole or not at all.
 * - A card has one successor at most, and is called superseded if it has one. A revoked chain stays revoked, whole: with a
 *   replacement that was under way, and without one that was sent later.
 * - The puts of a register form one chain, from nothing to what is read: each names the hash that it replaced.
 * - A one-time key is handed out once at most. It may be lost in a pick whose answer was, and nowhere else.
 * - Nobody makes more guesses than there are. A revoked App Key opens nothing.
 */

import { SERVICE_ERRORS } from '@sotto/contract';

/** The hash of a register that nothing was written to. */
export const NOTHING = 'nothing';

const TOO_MANY_GUESSES = SERVICE_ERRORS['brain-key/too-many-guesses'].code;

/**
 * `found` has `cards`, a map of ids to `{ snapshot, isGenuine, isSuperseded }`; `listed`, the ids that a search gives;
 * `registers`, a map to `{ hash, version }`; `unusedKeys`, a map of owners to sets. Gives back a sentence for each lie.
 */
export function findLies(history, found) {
  return [
    ...checkStored(history, found),
    ...checkReads(history),
    ...checkCardChains(history, found),
    ...checkRegisters(history, found),
    ...checkOneTimeKeys(history, found),
    ...checkGuesses(history),
    ...checkAppKeys(history),
  ];
}

function checkStored({ cards }, found) {
  return cards.flatMap(({ cardId, snapshot, outcome }) => {
    const stored = found.cards.get(cardId);
    if (stored === undefined) return outcome === 'acknowledged' ? [`card ${cardId} was acknowledged, and is gone`] : [];
    if (outcome === 'refused') return [`card ${cardId} was refused, and is there`];
    const isWhole = stored.snapshot === snapshot && stored.isGenuine;
    return isWhole ? [] : [`card ${cardId} is there, and not as it was sent`];
  });
}

function checkReads({ cards, reads }) {
  const toldAt = new Map(cards.filter(isAcknowledged).map((card) => [card.cardId, card.toldAt]));
  return reads.flatMap(({ cardId, isFound, sentAt, outcome }) =>
    outcome === 'acknowledged' && !isFound && toldAt.get(cardId) < sentAt
      ? [`card ${cardId} was acknowledged, and a later read did not find it`]
      : [],
  );
}

function checkCardChains({ cards, revocations }, found) {
  const rootOf = createRootFinder(cards);
  const stored = cards.filter(({ cardId }) => found.cards.has(cardId));
  const revocationsByRoot = groupBy(revocations, ({ cardId }) => rootOf(cardId));
  return [...groupBy(stored, ({ cardId }) => rootOf(cardId))].flatMap(([root, chain]) =>
    checkCardChain(chain, { revocations: revocationsByRoot.get(root) ?? [], found }),
  );
}

function checkCardChain(chain, { revocations, found }) {
  const isListed = ({ cardId }) => found.listed.has(cardId);
  const revokedAt = Math.min(...revocations.filter(isAcknowledged).map(({ toldAt }) => toldAt));
  // One whose answer was lost has revoked all cards of the chain, or none.
  const isRevoked = revokedAt < Infinity || (revocations.some(isUnknown) && !chain.some(isListed));
  const successors = groupBy(
    chain.filter(({ previousCardId }) => previousCardId !== undefined),
    ({ previousCardId }) => previousCardId,
  );
  const lies = [];
  for (const [cardId, next] of successors) {
    if (next.length > 1) lies.push(`card ${cardId} was replaced by ${next.length} cards`);
  }
  for (const card of chain) {
    const { cardId, sentAt } = card;
    if (sentAt > revokedAt) lies.push(`card ${cardId} was taken after its chain was revoked`);
    if (isRevoked && isListed(card)) lies.push(`card ${cardId} was revoked, and is listed`);
    if (!isRevoked && !isListed(card)) lies.push(`card ${cardId} is there, and a search does not list it`);
    if (found.cards.get(cardId).isSuperseded !== (isRevoked || successors.has(cardId)))
      lies.push(`card ${cardId} is called superseded where it is not, or the reverse`);
  }
  return lies;
}

/** Gives the card that a chain began with. */
function createRootFinder(cards) {
  const previousOf = new Map(cards.map(({ cardId, previousCardId }) => [cardId, previousCardId]));
  return (cardId) => {
    let root = cardId;
    while (previousOf.get(root) !== undefined) root = previousOf.get(root);
    return root;
  };
}

function checkRegisters({ puts }, found) {
  return [...groupBy(puts, ({ register }) => register)].flatMap(([register, own]) =>
    checkRegister(own, found.registers.get(register)).map((lie) => `${register}: ${lie}`),
  );
}

/** Goes back from what is read to nothing, over the put that wrote each hash. */
function checkRegister(puts, { hash, version }) {
  const byHash = new Map(puts.map((put) => [put.hash, put]));
  const path = new Set();
  for (let put = byHash.get(hash); put !== undefined; put = byHash.get(put.previousHash)) {
    if (path.has(put)) return ['the puts go in a circle'];
    path.add(put);
  }
  const lies = [];
  const start = path.size === 0 ? hash : [...path].at(-1).previousHash;
  if (start !== NOTHING) lies.push('holds what nobody wrote there');
  for (const put of puts) {
    if (put.outcome === 'acknowledged' && !path.has(put)) lies.push(`a put was acknowledged, and is lost: ${put.hash}`);
    if (put.outcome === 'refused' && path.has(put)) lies.push(`a put was refused, and was stored: ${put.hash}`);
  }
  if (version !== undefined && version !== path.size) lies.push(`counts ${version} puts, and there were ${path.size}`);
  return lies;
}

function checkOneTimeKeys({ uploads, picks }, found) {
  const lies = [];
  const handedOut = groupBy(
    picks.filter(({ key }) => key !== undefined),
    ({ key }) => key,
  );
  for (const [key, times] of handedOut) {
    if (times.length > 1) lies.push(`one-time key ${key} was handed out ${times.length} times`);
  }
  const uploaded = new Map(uploads.flatMap((upload) => upload.keys.map((key) => [key, upload])));
  for (const [key, [{ owner }]] of handedOut) {
    const upload = uploaded.get(key);
    if (upload?.owner !== owner) lies.push(`one-time key ${key} was handed out for somebody who never left it`);
    else if (upload.outcome === 'refused') lies.push(`one-time key ${key} was refused, and handed out`);
  }
  for (const [owner, own] of groupBy(uploads, (upload) => upload.owner)) {
    const unused = found.unusedKeys.get(owner) ?? new Set();
    const isSeen = (key) => unused.has(key) || handedOut.has(key);
    const isThere = ({ keys, outcome }) => outcome === 'acknowledged' || (outcome === 'unknown' && keys.some(isSeen));
    const missing = own.filter(isThere).flatMap(({ keys }) => keys.filter((key) => !isSeen(key)));
    const mayBeLost = picks.filter((pick) => pick.owner === owner && isUnknown(pick)).length;
    if (missing.length > mayBeLost)
      lies.push(`${owner}: ${missing.length} one-time keys are gone, and ${mayBeLost} picks had no answer`);
    const stored = own.filter(({ keys, outcome }) => outcome === 'refused' && keys.some((key) => unused.has(key)));
    if (stored.length > 0) lies.push(`${owner}: an upload was refused, and was stored`);
  }
  return lies;
}

function checkGuesses({ guesses, guessLimit }) {
  return [...groupBy(guesses, ({ identity }) => identity)].flatMap(([identity, own]) => {
    const made = own.filter(isAcknowledged).length;
    const maybeMade = made + own.filter(isUnknown).length;
    if (made > guessLimit) return [`${identity}: made ${made} guesses, and may make ${guessLimit}`];
    const isRefused = own.some(({ code }) => code === TOO_MANY_GUESSES);
    return isRefused && maybeMade < guessLimit ? [`${identity}: was refused a guess after ${maybeMade}`] : [];
  });
}

function checkAppKeys({ keyRevocations, keyUses }) {
  return keyRevocations.filter(isAcknowledged).flatMap(({ appKeyId, toldAt }) => {
    const isUsed = keyUses.some(
      (use) => use.appKeyId === appKeyId && use.sentAt > toldAt && use.outcome === 'acknowledged',
    );
    return isUsed ? [`App Key ${appKeyId} was revoked, and is accepted`] : [];
  });
}

function isAcknowledged({ outcome }) {
  return outcome === 'acknowledged';
}

function isUnknown({ outcome }) {
  return outcome === 'unknown';
}

function groupBy(list, toKey) {
  const groups = new Map();
  for (const entry of list) {
    const group = groups.get(toKey(entry));
    if (group === undefined) groups.set(toKey(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}
