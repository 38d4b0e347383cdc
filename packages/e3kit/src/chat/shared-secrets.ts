/** What is encrypted under a secret that readers share, and signed: a message of a group of one epoch, whose key is the secret. */
import { isSdkError } from '@sotto/core';
import { type GroupSession, openGroupMessage, sealGroupMessage } from '@sotto/core/group';
import { MissingPrivateKeyError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { Authors } from './authors.ts';
import type { Signer } from './signers.ts';

export interface SharedSecret {
  /** 32 bytes that say what it is for. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** @throws MissingPrivateKeyError, `group/too-long`, `group/unsupported-key` */
export async function sealShared(
  session: Session,
  { plaintext, ...shared }: SharedSecret & { readonly plaintext: Uint8Array },
): Promise<Uint8Array> {
  return sealInGroup(session, toGroupSession(shared), plaintext);
}

/** @throws `group/*`, `chat/unknown-sender`, `chat/key-not-accepted` */
export async function openShared(
  session: Session,
  authors: Authors,
  { message, author, ...shared }: SharedSecret & { readonly message: Uint8Array; readonly author: string },
): Promise<Uint8Array> {
  return (await openInGroup(session, authors, { group: toGroupSession(shared), message, author })).plaintext;
}

export async function sealInGroup(
  { provider, keys }: Session,
  group: GroupSession,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const { current: signer } = await keys.get();
  if (!signer) throw new MissingPrivateKeyError();
  return sealGroupMessage(provider, { session: group, plaintext, signer });
}

export function openInGroup(
  { provider }: Session,
  authors: Authors,
  { group, message, author }: { readonly group: GroupSession; readonly message: Uint8Array; readonly author: string },
): Promise<{ readonly plaintext: Uint8Array; readonly signer: Signer }> {
  // The format does not name its signer: each key is tried.
  return authors.verifiedBy(author, { isOtherSigner: isBadSignature }, async (signers) => {
    let failure: unknown;
    for (const signer of signers) {
      try {
        return { plaintext: await openGroupMessage(provider, { session: group, message, sender: signer }), signer };
      } catch (error) {
        if (!isBadSignature(error)) throw error;
        failure ??= error;
      }
    }
    throw failure;
  });
}

function isBadSignature(error: unknown): boolean {
  return isSdkError(error, 'group/bad-signature') || isSdkError(error, 'group/unsupported-key');
}

function toGroupSession({ id, secret }: SharedSecret): GroupSession {
  return { sessionId: id, tickets: [{ sessionId: id, epoch: 0, key: secret }] };
}
