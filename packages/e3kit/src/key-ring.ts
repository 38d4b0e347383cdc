/**
 * What a device keeps of its user: the current private key, the former ones, and a new one whose card may or may not be
 * published yet. Stored as one value of the key store, so that it changes as a whole.
 */
import {
  base64ToBytes,
  bytesToBase64,
  bytesToUtf8,
  type Card,
  type CryptoProvider,
  equalBytes,
  isSdkError,
  importPrivateKey,
  type PrivateKey,
  type PublicKey,
  type RawCard,
  utf8ToBytes,
} from '@sotto/core';
import { clientError } from './errors.ts';
import type { KeyStore } from './ports.ts';

export interface PendingKey {
  readonly key: PrivateKey;
  /** The card that was or will be published for it, self-signed. */
  readonly card: RawCard;
}

export interface KeyRing {
  readonly current?: PrivateKey | undefined;
  /** Newest first. They open old messages and sign nothing. */
  readonly former: readonly PrivateKey[];
  readonly pending?: PendingKey | undefined;
  /** Whether the current key has replaced one that is in a backup, which does not have the new one as its current key yet. */
  readonly isBackupDue?: boolean | undefined;
}

export const EMPTY_KEY_RING: KeyRing = { former: [] };

/** The stored form, version 1. Keys are base64 of their DER. */
interface StoredKeyRing {
  readonly version: 1;
  readonly current?: string;
  readonly former: readonly string[];
  readonly pending?: { readonly key: string; readonly card: RawCard };
  readonly isBackupDue?: true;
}

/** Users of different applications are different users, whatever their names. */
export function keyRingName(user: { readonly appId: string; readonly identity: string }): string {
  return JSON.stringify(['key-ring', user.appId, user.identity]);
}

/** Whose key rings are in a store. */
export async function listKeyRingUsers(
  store: KeyStore,
): Promise<{ readonly appId: string; readonly identity: string }[]> {
  return (await store.list()).flatMap(({ name }) => {
    if (!name.startsWith('["key-ring",')) return [];
    const [, appId, identity] = JSON.parse(name) as [string, string, string];
    return [{ appId, identity }];
  });
}

/** The stored ring, or undefined where there is none. @throws `storage/*` */
export async function loadKeyRing(
  provider: CryptoProvider,
  store: KeyStore,
  name: string,
): Promise<KeyRing | undefined> {
  const entry = await store.load(name);
  return entry && decode(provider, entry.value);
}

export function isDamagedKeyRing(error: unknown): boolean {
  return isSdkError(error, 'storage/damaged-key-ring');
}

export async function saveKeyRing(store: KeyStore, name: string, ring: KeyRing): Promise<void> {
  await store.save(name, encode(ring));
}

/** The keys that open messages, the current one first. */
export function keysOf(ring: KeyRing): PrivateKey[] {
  return ring.current ? [ring.current, ...ring.former] : [...ring.former];
}

/** The ring with its pending key in use; what was current becomes a former key. */
export function promotePending({ pending, ...ring }: KeyRing): KeyRing {
  return pending ? { ...ring, current: pending.key, former: keysOf(ring) } : ring;
}

/** Whether both are the same private key, or the same public one. */
export function isSameKey<Key extends Pick<PublicKey, 'exportDer'>>(a: Key, b: Key): boolean {
  return equalBytes(a.exportDer(), b.exportDer());
}

/** Whether `card` is of this key. */
export function isKeyOf(key: PrivateKey, card: Pick<Card, 'publicKey'>): boolean {
  return isSameKey(key.publicKey, card.publicKey);
}

/** All keys of both lists, each once, the first ones first. */
export function mergeKeys(first: readonly PrivateKey[], second: readonly PrivateKey[]): PrivateKey[] {
  const isNew = (key: PrivateKey, index: number, all: readonly PrivateKey[]): boolean =>
    all.findIndex((other) => isSameKey(other, key)) === index;
  return [...first, ...second].filter(isNew);
}

function encode({ current, former, pending, isBackupDue }: KeyRing): Uint8Array {
  const stored: StoredKeyRing = {
    version: 1,
    ...(current ? { current: encodeKey(current) } : {}),
    former: former.map(encodeKey),
    ...(pending ? { pending: { key: encodeKey(pending.key), card: pending.card } } : {}),
    ...(isBackupDue ? { isBackupDue } : {}),
  };
  return utf8ToBytes(JSON.stringify(stored));
}

async function decode(provider: CryptoProvider, value: Uint8Array): Promise<KeyRing> {
  try {
    const stored = JSON.parse(bytesToUtf8(value)) as StoredKeyRing;
    if (stored.version !== 1) throw clientError('storage/damaged-key-ring');
    const decodeKey = (text: string): Promise<PrivateKey> => importPrivateKey(provider, base64ToBytes(text));
    return {
      current: stored.current === undefined ? undefined : await decodeKey(stored.current),
      former: await Promise.all(stored.former.map(decodeKey)),
      pending: stored.pending && { key: await decodeKey(stored.pending.key), card: stored.pending.card },
      isBackupDue: stored.isBackupDue,
    };
  } catch {
    // Without the cause: JSON.parse quotes the text that it cannot read, and the text holds keys.
    throw clientError('storage/damaged-key-ring');
  }
}

function encodeKey(key: PrivateKey): string {
  return bytesToBase64(key.exportDer());
}
