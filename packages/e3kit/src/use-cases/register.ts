/**
 * Registration: make a key, keep it, publish its card, use it. In this order, so that no card is ever published whose
 * key could be lost: the key is stored as pending before its card goes out, and promoted after. Whoever is killed in
 * between finds the pending key at the next start and settles it by looking for its card.
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
} from '@sotto/core';
import { IdentityAlreadyExistsError, MultipleCardsError } from '../errors.ts';
import { type KeyRing, type PendingKey, promotePending } from '../key-ring.ts';
import { isUncertain } from '../service-client.ts';
import type { Session } from '../session.ts';

/**
 * Publishes a card for a new key pair, or for `privateKey`. A pending key of an earlier call that did not finish is
 * taken up again. A key on this device that has no card becomes a former key.
 * @throws IdentityAlreadyExistsError, MultipleCardsError, and what the service and the key store throw
 */
export async function register(
  session: Session,
  {
    privateKey,
    signal,
  }: { readonly privateKey?: PrivateKey | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await session.keys.exclusively(async () => {
    const ring = await session.keys.reload();
    const current = await findOwnCards(session, signal);
    if (ring.pending && (await settle(session, current))) return;
    if (current.length > 1) throw new MultipleCardsError(session.identity);
    if (current.length === 1) throw new IdentityAlreadyExistsError();

    const pending = await preparePending(session, ring.pending, privateKey);
    // The card of an earlier pending key may still arrive at the service: that key is kept, to read with.
    const abandoned = ring.pending && ring.pending !== pending ? [ring.pending.key] : [];
    const prepared: KeyRing = { ...ring, former: [...abandoned, ...ring.former], pending };
    await session.keys.save(prepared);
    await publish(session, pending, signal);
    await session.keys.save(promotePending(prepared));
  });
}

/**
 * Settles a key that an earlier call left pending: in use if its card is published, else still pending, since a publish may
 * be under way. Whether the device has a key in use now.
 */
export async function settlePending(session: Session, signal?: AbortSignal): Promise<boolean> {
  if ((await session.keys.get()).pending === undefined) return false;
  return session.keys.exclusively(async () => {
    const { pending } = await session.keys.reload();
    return pending !== undefined && settle(session, await findOwnCards(session, signal));
  });
}

/** Takes the pending key into use if its card is among the published ones. */
async function settle(session: Session, published: readonly Card[]): Promise<boolean> {
  const ring = await session.keys.get();
  const id = ring.pending && parseCard(ring.pending.card).id;
  if (!published.some((card) => card.id === id)) return false;
  await session.keys.save(promotePending(ring));
  return true;
}

async function findOwnCards(session: Session, signal?: AbortSignal): Promise<Card[]> {
  const found = await session.directory.search([session.identity], signal);
  return found.get(session.identity) ?? [];
}

/** The pending key of before, unless the caller brings another; its card may be on its way to the service already. */
async function preparePending(
  session: Session,
  pending: PendingKey | undefined,
  privateKey: PrivateKey | undefined,
): Promise<PendingKey> {
  if (pending && !privateKey) return pending;
  const key = privateKey ?? (await generateKeyPair(session.provider, session.keyPairType)).privateKey;
  const createdAt = Math.floor(session.clock() / 1000);
  const card = await issueCard(session.provider, { identity: session.identity, privateKey: key, createdAt });
  return { key, card };
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
  const { id } = parseCard(card);
  try {
    return (await findOwnCards(session)).some((found) => found.id === id);
  } catch (error) {
    if (isUncertain(error)) return false;
    throw error;
  }
}

/** A refused key is of no use, unless its card was out once: then there may be messages for it. */
async function dropPending(session: Session, wasPublished: boolean): Promise<void> {
  const ring = await session.keys.get();
  const kept = wasPublished && ring.pending ? [ring.pending.key] : [];
  await session.keys.save({ current: ring.current, former: [...kept, ...ring.former] });
}
