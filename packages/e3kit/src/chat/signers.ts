/**
 * By which keys a user may have signed: those of the accepted card and of the cards that it replaced, each of which names the one before
 * it by its hash. For oneself, the keys of the ring.
 */
import type { Card, PublicKey } from '@sotto/core';
import { isSameKey, keysOf } from '../key-ring.ts';
import type { Session } from '../session.ts';

/** A key that has signed, and whether its owner has a newer one. */
export interface Signer {
  readonly identity: string;
  readonly publicKey: PublicKey;
  readonly isOutdated: boolean;
}

export interface KnownSigners {
  readonly accepted: readonly Signer[];
  /** Of a card that nobody vouches for. Known so that it can be said, and never trusted. */
  readonly refused: readonly Signer[];
}

/** As this device knows them, asking nobody. */
export async function listSigners(
  {
    identity,
    keys,
    knownUsers,
  }: Pick<Session, 'identity' | 'keys'> & { readonly knownUsers: Pick<Session['knownUsers'], 'get'> },
  author: string,
): Promise<KnownSigners> {
  if (author === identity) {
    const ring = keysOf(await keys.reload());
    const accepted = ring.map(({ publicKey }, index) => ({ identity: author, publicKey, isOutdated: index > 0 }));
    return { accepted, refused: [] };
  }
  const known = await knownUsers.get(author);
  if (!known) return { accepted: [], refused: [] };
  if (known.isAccepted) return { accepted: signersOf(known.card), refused: [] };
  const accepted = signersOf(known.lastAccepted).map((signer) => ({ ...signer, isOutdated: true }));
  const isNew = ({ publicKey }: Signer): boolean => !accepted.some((other) => isSameKey(other.publicKey, publicKey));
  return { accepted, refused: signersOf(known.card).filter(isNew) };
}

/** Of a card and of those that it replaced: each names the one before it by its hash. */
function signersOf(head: Card | undefined): Signer[] {
  const signers: Signer[] = [];
  for (let card = head; card; card = card.previousCard) {
    signers.push({ identity: card.identity, publicKey: card.publicKey, isOutdated: card.isOutdated });
  }
  return signers;
}
