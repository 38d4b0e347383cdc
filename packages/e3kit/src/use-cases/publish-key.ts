/**
 * Publishing a card for a new key, in an order in which no card is ever published whose key could be lost: the key is stored as
 * pending before its card goes out, and promoted after. Whoever is killed in between finds the pending key at the next
 * start and settles it by looking for its card. All of it happens while the caller holds the lock of the key ring.
 */
import { CARD_ID_TAKEN } from '@sotto/contract';
import {
  type Card,
  generateKeyPair,
  isSdkError,
  issueCard,
  parseCard,
  type PrivateKey,
  type RawCard,
  SIGNER,
  signCard,
} from '@sotto/core';
import { MultipleCardsError } from '../errors.ts';
import { type KeyRing, type PendingKey, promotePending } from '../key-ring.ts';
import { isUncertain } from '../service-client.ts';
import type { Session } from '../session.ts';

export interface NewKeyOptions {
  /** A new one is made unless given. */
  readonly privateKey?: PrivateKey | undefined;
  /** The card that the new one replaces. */
  readonly previousCard?: Card | undefined;
  /** The key of that card, to endorse the new one. */
  readonly endorser?: PrivateKey | undefined;
}

/** The user's own current cards. */
export async function findOwnCards(session: Session, signal?: AbortSignal): Promise<Card[]> {
  const found = await session.directory.search([session.identity], signal);
  return found.get(session.identity) ?? [];
}

/** The user's one current card, if there is one. @throws MultipleCardsError */
export function requireOneCard(session: Session, cards: readonly Card[]): Card | undefined {
  if (cards.length > 1) throw new MultipleCardsError(session.identity);
  return cards[0];
}

/**
 * Settles a key that an earlier call left pending: in use if its card is published, else still pending, since a publish may
 * be under way. Whether the device has a key in use now.
 */
export async function settlePending(session: Session, signal?: AbortSignal): Promise<boolean> {
  if ((await session.keys.get()).pending === undefined) return false;
  return session.keys.exclusively(async () => {
    const { pending } = await session.keys.reload();
    return pending !== undefined && takeIntoUse(session, await findOwnCards(session, signal));
  });
}

/** Takes the pending key into use if its card is among the published ones, or among those that were replaced since. */
export async function takeIntoUse(session: Session, published: readonly Card[]): Promise<boolean> {
  const ring = await session.keys.get();
  if (!ring.pending || !isInChain(published, parseCard(ring.pending.card).id)) return false;
  await session.keys.save(promotePending(ring));
  return true;
}

/**
 * Stores a key as pending. One that an earlier call left for the same card to be replaced is taken up again, unless the
 * caller brings a key: its card may be on its way to the service already.
 */
export async function prepareKey(session: Session, options: NewKeyOptions): Promise<KeyRing> {
  const ring = await session.keys.reload();
  const isSamePlan = ring.pending && parseCard(ring.pending.card).previousCardId === options.previousCard?.id;
  if (isSamePlan && !options.privateKey) return ring;
  const pending = await makePending(session, options);
  // The card of an earlier pending key may still arrive at the service: that key is kept, to read with.
  const abandoned = ring.pending ? [ring.pending.key] : [];
  const prepared: KeyRing = { ...ring, former: [...abandoned, ...ring.former], pending };
  await session.keys.save(prepared);
  return prepared;
}

/** Publishes the card of the pending key and takes the key into use. @throws what the service throws */
export async function publishPending(session: Session, prepared: KeyRing, signal?: AbortSignal): Promise<void> {
  await publish(session, prepared.pending!, signal);
  await session.keys.save(promotePending(prepared));
}

async function makePending(
  session: Session,
  { privateKey, previousCard, endorser }: NewKeyOptions,
): Promise<PendingKey> {
  const { provider, identity } = session;
  const key = privateKey ?? (await generateKeyPair(provider, session.keyPairType)).privateKey;
  const createdAt = Math.floor(session.clock() / 1000);
  const previousCardId = previousCard?.id;
  const card = await issueCard(provider, { identity, privateKey: key, createdAt, previousCardId });
  if (!endorser) return { key, card };
  return { key, card: await signCard(provider, card, { signer: SIGNER.previous, privateKey: endorser }) };
}

async function publish(session: Session, { card }: PendingKey, signal?: AbortSignal): Promise<void> {
  try {
    await session.directory.publish(card, signal);
  } catch (error) {
    const isTaken = isSdkError(error, 'service/refused') && error.details['serviceCode'] === CARD_ID_TAKEN;
    // The answer was lost, now or in an earlier call: the card may be there. An abort does not abort the look.
    if ((isUncertain(error) || isTaken) && (await isPublished(session, card))) return;
    if (!isUncertain(error)) await dropPending(session, isTaken);
    throw error;
  }
}

/** False also where nobody can say: the key then stays pending. */
async function isPublished(session: Session, card: RawCard): Promise<boolean> {
  try {
    return isInChain(await findOwnCards(session), parseCard(card).id);
  } catch (error) {
    if (isUncertain(error)) return false;
    throw error;
  }
}

function isInChain(heads: readonly Card[], id: string): boolean {
  for (const head of heads) {
    for (let card: Card | undefined = head; card; card = card.previousCard) if (card.id === id) return true;
  }
  return false;
}

/** A refused key is of no use, unless its card was out once: then there may be messages for it. */
async function dropPending(session: Session, wasPublished: boolean): Promise<void> {
  const { pending, ...ring } = await session.keys.get();
  const kept = wasPublished && pending ? [pending.key] : [];
  await session.keys.save({ ...ring, former: [...kept, ...ring.former] });
}
