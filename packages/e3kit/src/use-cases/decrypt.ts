/** Decrypting: with whichever own key the message names, and only if the sender is who the caller says. */
import { type Card, coreError, isSdkError, open, type PrivateKey, PublicKey } from '@sotto/core';
import { MissingPrivateKeyError } from '../errors.ts';
import { keysOf } from '../key-ring.ts';
import type { Session } from '../session.ts';
import { type Reader, requireReader } from './encrypt.ts';

export interface DecryptOptions {
  readonly message: Uint8Array;
  /** Who must have signed; absent: oneself. */
  readonly sender?: Reader | undefined;
  /** When the message was written: picks the sender's card of that time. */
  readonly encryptedAt?: Date | undefined;
  readonly mode: 'signThenEncrypt' | 'signAndEncrypt';
}

/** @throws MissingPrivateKeyError, `usage/argument`, `envelope/*` */
export async function decrypt(session: Session, options: DecryptOptions): Promise<Uint8Array> {
  return withKeyRing(session, 'envelope/not-a-recipient', (keys) => openWith(session, keys, options));
}

/**
 * Runs `read` with the keys that open messages; once more if it finds none of them named, since another tab or process of this
 * user may have got a new key. @throws MissingPrivateKeyError, and as `read`
 */
export async function withKeyRing<T>(
  session: Session,
  notForUs: string,
  read: (keys: readonly PrivateKey[]) => Promise<T>,
): Promise<T> {
  const keys = keysOf(await session.keys.get());
  if (keys.length === 0) throw new MissingPrivateKeyError();
  try {
    return await read(keys);
  } catch (error) {
    if (!isSdkError(error, notForUs)) throw error;
    return read(keysOf(await session.keys.reload()));
  }
}

async function openWith(session: Session, keys: readonly PrivateKey[], options: DecryptOptions): Promise<Uint8Array> {
  const { message, mode } = options;
  const { plaintext } = await open(session.provider, { message, keys, signers: listSigners(keys, options), mode });
  return plaintext;
}

/**
 * The keys of whoever must have signed. Oneself has signed with any of the keys of the ring; somebody else with the one that the
 * caller has verified. @throws `usage/argument`, `card/unsupported-key`
 */
export function listSigners(
  keys: readonly PrivateKey[],
  { sender, encryptedAt }: Pick<DecryptOptions, 'sender' | 'encryptedAt'>,
): PublicKey[] {
  if (sender === undefined || sender === null) return keys.map((key) => key.publicKey);
  const reader = requireReader(sender);
  const key = reader instanceof PublicKey ? reader : cardAt(reader, encryptedAt).publicKey;
  if (!key.canSign) throw coreError('card/unsupported-key');
  return [key];
}

/** The card of the chain that was current at that time; the oldest one for times before all of them. */
export function cardAt(card: Card, time: Date | undefined): Card {
  let found = card;
  while (time && found.createdAt > time && found.previousCard) found = found.previousCard;
  return found;
}
