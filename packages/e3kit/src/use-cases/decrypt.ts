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
  const keys = keysOf(await session.keys.get());
  if (keys.length === 0) throw new MissingPrivateKeyError();
  try {
    return await openWith(session, keys, options);
  } catch (error) {
    if (!isSdkError(error, 'envelope/not-a-recipient')) throw error;
    // Another tab or process of this user may have got a new key since.
    return openWith(session, keysOf(await session.keys.reload()), options);
  }
}

async function openWith(session: Session, keys: readonly PrivateKey[], options: DecryptOptions): Promise<Uint8Array> {
  const signers = listSigners(keys, options);
  const { message, mode } = options;
  const { plaintext } = await open(session.provider, { message, keys, signers, mode });
  return plaintext;
}

/** Oneself has signed with any of the keys of the ring; somebody else with the one that the caller has verified. */
function listSigners(keys: readonly PrivateKey[], { sender, encryptedAt }: DecryptOptions): PublicKey[] {
  if (sender === undefined || sender === null) return keys.map((key) => key.publicKey);
  const reader = requireReader(sender);
  const key = reader instanceof PublicKey ? reader : cardAt(reader, encryptedAt).publicKey;
  if (!key.canSign) throw coreError('card/unsupported-key');
  return [key];
}

/** The card of the chain that was current at that time; the oldest one for times before all of them. */
function cardAt(card: Card, time: Date | undefined): Card {
  let found = card;
  while (time && found.createdAt > time && found.previousCard) found = found.previousCard;
  return found;
}
