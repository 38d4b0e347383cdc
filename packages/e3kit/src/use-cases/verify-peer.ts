/**
 * Verifying a peer: both users see the same safety number if each has the other's true key; they compare it in person or by
 * phone, and the device remembers that they did. Loaded when it is used.
 */
import {
  type Card,
  checkSafetyQr,
  encodeSafetyQr,
  type FingerprintPair,
  fingerprintOf,
  safetyDigits,
  safetyWords,
} from '@sotto/core';
import { isVerifiedCard } from '../directory.ts';
import { ArgumentError, MissingPrivateKeyError } from '../errors.ts';
import { isSameKey } from '../key-ring.ts';
import { keyError } from '../key-errors.ts';
import type { Session } from '../session.ts';
import { isVerifiedKey } from '../verified-peers.ts';

/** One number in three forms. Both users see the same digits and words; each scans the other's QR code. */
export interface SafetyNumber {
  /** 60 digits in 12 groups, a space between groups. */
  readonly digits: string;
  /** 20 English words, a space between them. */
  readonly words: string;
  /** The text of a QR code, for the peer to scan and `compareSafetyQr`. */
  readonly qr: string;
}

/** @throws MissingPrivateKeyError, `usage/argument` */
export async function getSafetyNumber(session: Session, card: Card): Promise<SafetyNumber> {
  const pair = await computePair(session, card);
  return { digits: safetyDigits(pair), words: await safetyWords(pair), qr: encodeSafetyQr(pair) };
}

/** @throws `safety-qr/*`, MissingPrivateKeyError, `usage/argument` */
export async function compareSafetyQr(session: Session, card: Card, scanned: string): Promise<void> {
  if (typeof scanned !== 'string') throw new ArgumentError('Pass the text of the QR code that was scanned.');
  checkSafetyQr(await computePair(session, card), scanned);
}

/** @throws `users/card-not-current`, `usage/argument` */
export async function setVerified(session: Session, card: Card): Promise<void> {
  requireCard(card);
  const known = await session.knownUsers.get(card.identity);
  const isCurrent = !card.isOutdated && (!known || isSameKey(known.card.publicKey, card.publicKey));
  if (!isCurrent) throw keyError('users/card-not-current');
  await session.verifiedPeers.add(card);
  await session.knownUsers.accept(card);
}

/** @throws `usage/argument` */
export async function clearVerified(session: Session, card: Card): Promise<void> {
  requireCard(card);
  await session.verifiedPeers.remove(card.identity);
}

/** @throws `usage/argument` */
export async function isVerified(session: Session, card: Card): Promise<boolean> {
  requireCard(card);
  const peers = await session.verifiedPeers.find([card.identity]);
  return isVerifiedKey(session.provider, card, peers.get(card.identity));
}

/** The own key is the one at hand, not the one that the service shows for this user: it is what the peer should have. */
async function computePair(session: Session, card: Card): Promise<FingerprintPair> {
  requireCard(card);
  const { current } = await session.keys.reload();
  if (!current) throw new MissingPrivateKeyError();
  const { appId, identity, provider } = session;
  const [own, peer] = await Promise.all([
    fingerprintOf(provider, { publicKey: current.publicKey, appId, identity }),
    fingerprintOf(provider, { publicKey: card.publicKey, appId, identity: card.identity }),
  ]);
  return { own, peer };
}

function requireCard(card: unknown): void {
  if (!isVerifiedCard(card)) throw new ArgumentError('Pass a card from findUsers(): other cards were not verified.');
}
