/** Encrypting: recipients resolved, oneself and the standing extra readers added, signed with the key at hand. */
import { type Card, type PrivateKey, PublicKey, seal } from '@sotto/core';
import { isVerifiedCard } from '../directory.ts';
import { ArgumentError, clientError, MissingPrivateKeyError } from '../errors.ts';
import { isSameKey } from '../key-ring.ts';
import type { Session } from '../session.ts';
import { isVerifiedKey } from '../verified-peers.ts';

/** One reader: a card that was found, or a public key. */
export type Reader = Card | PublicKey;

/** Readers: one, several, or what `findUsers` and `lookupPublicKeys` give for several. */
export type Readers = Reader | readonly Reader[] | Readonly<Record<string, Reader>>;

export interface EncryptOptions {
  readonly plaintext: Uint8Array;
  /** Oneself is always among them; absent: oneself alone. */
  readonly readers?: Readers | undefined;
  readonly alsoFor?: readonly Card[] | undefined;
  /** `signThenEncrypt` is the 2019 format, whose signature stands in clear. */
  readonly mode: 'signThenEncrypt' | 'signAndEncrypt';
}

/** @throws MissingPrivateKeyError, `usage/argument`, `users/key-not-accepted` (strict), `key/unsupported` */
export async function encrypt(session: Session, { plaintext, mode, ...to }: EncryptOptions): Promise<Uint8Array> {
  const { signer, recipients } = await resolveReaders(session, to);
  const padding = mode === 'signAndEncrypt';
  return seal(session.provider, {
    plaintext,
    recipients,
    signer,
    mode,
    padding,
    identifiers: session.identifiers,
  });
}

/**
 * The key that signs, and those of all who are to read: oneself and the standing extra readers among them.
 * @throws MissingPrivateKeyError, `usage/argument`, `users/key-not-accepted` (strict)
 */
export async function resolveReaders(
  session: Session,
  { readers, alsoFor = [] }: Pick<EncryptOptions, 'readers' | 'alsoFor'>,
): Promise<{ readonly signer: PrivateKey; readonly recipients: readonly PublicKey[] }> {
  const signer = (await session.keys.get()).current;
  if (!signer) throw new MissingPrivateKeyError();
  const all = [...listReaders(readers), ...session.alsoFor, ...alsoFor.map(requireReader)];
  if (session.isStrict) await requireAccepted(session, all);
  return { signer, recipients: [...all.map(keyOf), signer.publicKey] };
}

/** The public key of a reader. */
export function keyOf(reader: Reader): PublicKey {
  return reader instanceof PublicKey ? reader : reader.publicKey;
}

/** @throws `usage/argument` for what is neither a key nor a card of this client */
export function requireReader(value: unknown): Reader {
  if (value instanceof PublicKey || isVerifiedCard(value)) return value;
  throw new ArgumentError('Pass a public key, or a card from findUsers(): other cards were not verified.');
}

function listReaders(readers: Readers | undefined): Reader[] {
  if (readers === undefined || readers === null) return [];
  if (readers instanceof PublicKey || isVerifiedCard(readers)) return [readers];
  if (typeof readers !== 'object') throw new ArgumentError('Pass cards or public keys, no names.');
  const list: unknown[] = Array.isArray(readers) ? readers : Object.values(readers);
  return list.map(requireReader);
}

/**
 * For strict mode. A public key is looked for among the cards of its owner, whom only a card names: callers pass cards then.
 * @throws `users/key-not-accepted`, `usage/argument`
 */
export async function requireAccepted(session: Session, readers: readonly Reader[]): Promise<void> {
  const cards = readers.map((reader) => {
    if (!(reader instanceof PublicKey)) return reader;
    throw new ArgumentError('Pass cards instead of public keys in strict mode.');
  });
  const peers = await session.verifiedPeers.find(cards.map(({ identity }) => identity));
  const refused: string[] = [];
  for (const card of cards) {
    const known = await session.knownUsers.get(card.identity);
    const peer = peers.get(card.identity);
    const isAccepted = known
      ? known.isAccepted && isSameKey(known.card.publicKey, card.publicKey)
      : !peer || (await isVerifiedKey(session.provider, card, peer)); // a card that came another way than by findUsers
    if (!isAccepted) refused.push(card.identity);
  }
  if (refused.length > 0) throw clientError('users/key-not-accepted', { details: { identities: refused } });
}
