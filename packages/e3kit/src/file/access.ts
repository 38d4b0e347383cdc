/** Whose keys a file is written and read with. */
import { type Card, type IdentifierKind, type PrivateKey, type PublicKey } from '@sotto/core';
import { keysOf } from '../key-ring.ts';
import { RegisterRequiredError } from '../key-errors.ts';
import type { Session } from '../session.ts';
import { listSigners } from '../use-cases/decrypt.ts';
import { type Reader, type Readers, resolveReaders } from '../use-cases/encrypt.ts';
import { toIntegrityError } from './file-errors.ts';

export interface WriteAccess {
  readonly signer: PrivateKey;
  readonly recipients: readonly PublicKey[];
  readonly identifiers: IdentifierKind;
}

export interface ReadAccess {
  readonly keys: readonly PrivateKey[];
  readonly signers: readonly PublicKey[];
}

/** @throws RegisterRequiredError, `usage/argument`, `users/key-not-accepted` (strict) */
export async function writeAccess(
  session: Session,
  to: { readonly readers?: Readers | undefined; readonly alsoFor?: readonly Card[] | undefined },
): Promise<WriteAccess> {
  await ownKeys(session);
  return { ...(await resolveReaders(session, to)), identifiers: session.identifiers };
}

/** @throws RegisterRequiredError, `usage/argument`, `card/unsupported-key` */
export async function readAccess(
  session: Session,
  from: { readonly sender?: Reader | undefined; readonly date?: Date | undefined },
): Promise<ReadAccess> {
  const keys = await ownKeys(session);
  return { keys, signers: listSigners(keys, { sender: from.sender, encryptedAt: from.date }) };
}

/** The key ring, the current key first. Read anew: a stream cannot be begun again with a key that another tab has got meanwhile. */
async function ownKeys(session: Session): Promise<readonly PrivateKey[]> {
  const ring = await session.keys.reload();
  if (!ring.current) throw new RegisterRequiredError();
  return keysOf(ring);
}

/** The pieces, with the class that callers of the official client catch where the sender did not write them. */
export async function* bySender(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw toIntegrityError(error);
  }
}
