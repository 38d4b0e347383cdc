/** Whether the author of a message wrote it: by the keys that this device trusts, and, if none of them signed, by those that the service has now. */
import { isSdkError, type PublicKey } from '@sotto/core';
import { isSameKey } from '../key-ring.ts';
import { isOutage } from '../service-client.ts';
import type { Session } from '../session.ts';
import { authorError } from './errors.ts';
import { findPeople } from './people.ts';
import { type KnownSigners, listSigners, type Signer } from './signers.ts';

export interface Authors {
  /**
   * Runs `verify` with the keys of `author`; once more with those that the service has now if none of them signed.
   * @throws `chat/unknown-sender`, `chat/key-not-accepted`, and as `verify`
   */
  verifiedBy<T extends { readonly signer: PublicKey }>(
    author: string,
    options: { readonly isOtherSigner: (error: unknown) => boolean; readonly signal?: AbortSignal | undefined },
    verify: (signers: readonly PublicKey[]) => Promise<T>,
  ): Promise<Omit<T, 'signer'> & { readonly signer: Signer }>;
  /** The keys of `author` that are trusted. @throws `chat/unknown-sender` */
  acceptedKeys(author: string): Promise<PublicKey[]>;
}

/** Messages by an unknown key are free to make, so they ask the service so often at most. */
const ASKS_AT_ONCE = 5;
const ONE_MORE_EVERY_MS = 30_000;

export function createAuthors(session: Session): Authors {
  const asked = new Map<string, { readonly count: number; readonly at: number }>();

  /** Whether the service was asked for the keys that it has now. */
  const ask = async (author: string, signal?: AbortSignal): Promise<boolean> => {
    const at = session.clock();
    const last = asked.get(author) ?? { count: 0, at };
    const count = Math.max(0, last.count - (at - last.at) / ONE_MORE_EVERY_MS);
    if (author === session.identity || count > ASKS_AT_ONCE - 1) return false;
    asked.set(author, { count: count + 1, at });
    try {
      await findPeople(session, [author], { signal, isFresh: true });
      return true;
    } catch (error) {
      if (isOutage(error)) return false;
      throw error;
    }
  };

  return {
    async acceptedKeys(author) {
      const { accepted } = await listSigners(session, author);
      const keys = accepted.map(({ publicKey }) => publicKey).filter(({ canSign }) => canSign);
      if (keys.length === 0) throw authorError('chat/unknown-sender', author);
      return keys;
    },

    async verifiedBy(author, { isOtherSigner, signal }, verify) {
      const attempt = async (known: KnownSigners) => {
        const all = [...known.accepted, ...known.refused].filter(({ publicKey }) => publicKey.canSign);
        if (all.length === 0) throw authorError('chat/unknown-sender', author);
        const opened = await verify(all.map(({ publicKey }) => publicKey));
        const isHis = (signer: Signer): boolean => isSameKey(signer.publicKey, opened.signer);
        const signer = known.accepted.find(isHis);
        if (!signer) throw authorError('chat/key-not-accepted', author);
        return { ...opened, signer };
      };
      try {
        return await attempt(await listSigners(session, author));
      } catch (error) {
        const isUnknown = isSdkError(error, 'chat/unknown-sender') || isOtherSigner(error);
        if (!isUnknown || !(await ask(author, signal))) throw error;
        return attempt(await listSigners(session, author));
      }
    },
  };
}

export function isOtherEnvelopeSigner(error: unknown): boolean {
  return isSdkError(error, 'envelope/other-signer');
}
