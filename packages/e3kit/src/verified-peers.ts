/**
 * Whose keys this user has compared, in person or by phone. Kept in the key store, where it is encrypted and authenticated: whoever
 * can write the card cache can make this device forget a user, and cannot make a key look verified. Source: docs/spec/safety-number.md §4.
 */
import { bytesToUtf8, type Card, type CryptoProvider, parseCard, type RawCard, utf8ToBytes } from '@sotto/core';
import { clientError } from './errors.ts';
import { isVouchedFor } from './key-change.ts';
import type { KeyStore } from './ports.ts';

export interface VerifiedPeer {
  /** The card whose key was compared, or the last one that it has endorsed since. */
  readonly card: Card;
  /** Whether another key has come that nobody vouches for. None is verified then, until the user decides. */
  readonly isReplaced: boolean;
}

export interface VerifiedPeers {
  /** What was compared with these users; those with whom nothing was are left out. @throws `storage/*` */
  find(identities: readonly string[]): Promise<ReadonlyMap<string, VerifiedPeer>>;
  /** The user has compared this card's key. */
  add(card: Card): Promise<void>;
  /** The service gives this card now: a verified key passes this on to one it endorsed, and loses it to any other. */
  follow(card: Card): Promise<void>;
  remove(identity: string): Promise<void>;
  /** Forgets all that this user has compared. */
  clear(): Promise<void>;
}

interface StoredPeer {
  readonly card: RawCard;
  readonly isReplaced: boolean;
}

/** The stored form, version 1. Pairs, since an identity may be any text. */
interface StoredPeers {
  readonly version: 1;
  readonly peers: readonly (readonly [identity: string, peer: StoredPeer])[];
}

export function createVerifiedPeers({
  provider,
  store,
  user,
}: {
  readonly provider: CryptoProvider;
  readonly store: KeyStore;
  readonly user: { readonly appId: string; readonly identity: string };
}): VerifiedPeers {
  const name = JSON.stringify(['verified-peers', user.appId, user.identity]);

  const read = async (): Promise<Map<string, StoredPeer>> => {
    const entry = await store.load(name);
    return entry ? decode(entry.value) : new Map<string, StoredPeer>();
  };

  /** Of two tabs or processes one at a time. `change` says whether it changed anything. */
  const update = (change: (peers: Map<string, StoredPeer>) => boolean | Promise<boolean>): Promise<void> =>
    store.withLock(name, async () => {
      const peers = await read();
      if (await change(peers)) await store.save(name, encode(peers));
    });

  return {
    async find(identities) {
      const peers = await read();
      return new Map(
        identities.flatMap((identity) => {
          const peer = peers.get(identity);
          return peer ? [[identity, { card: parseCard(peer.card), isReplaced: peer.isReplaced }]] : [];
        }),
      );
    },

    add: (card) =>
      update((peers) => {
        peers.set(card.identity, { card: card.raw, isReplaced: false });
        return true;
      }),

    follow: (card) =>
      update(async (peers) => {
        const peer = peers.get(card.identity);
        if (!peer || peer.isReplaced) return false;
        const isGood = await isVouchedFor(provider, card, parseCard(peer.card));
        peers.set(card.identity, isGood ? { card: card.raw, isReplaced: false } : { ...peer, isReplaced: true });
        return true;
      }),

    remove: (identity) => update((peers) => peers.delete(identity)),

    async clear() {
      await store.withLock(name, () => store.remove(name));
    },
  };
}

/** Whether `card` is one that the user has verified. */
export async function isVerifiedKey(
  provider: CryptoProvider,
  card: Card,
  peer: VerifiedPeer | undefined,
): Promise<boolean> {
  return peer !== undefined && !peer.isReplaced && isVouchedFor(provider, card, peer.card);
}

function encode(peers: ReadonlyMap<string, StoredPeer>): Uint8Array {
  const stored: StoredPeers = { version: 1, peers: [...peers] };
  return utf8ToBytes(JSON.stringify(stored));
}

function decode(value: Uint8Array): Map<string, StoredPeer> {
  try {
    const { version, peers } = JSON.parse(bytesToUtf8(value)) as StoredPeers;
    if (version !== 1) throw clientError('storage/damaged-verified-peers');
    return new Map(peers);
  } catch {
    // Without the cause: JSON.parse quotes the text that it cannot read, and the text names people.
    throw clientError('storage/damaged-verified-peers');
  }
}
