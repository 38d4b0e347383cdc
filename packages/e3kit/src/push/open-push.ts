/**
 * A message of `@sotto/chat` that came by a push, read by what the device has: its keys and the cards that it has seen. It asks nobody, so
 * that a service worker can show it in the time that it is given. Apart from the client, which it does not load.
 */
import { bytesToBase64Url, type CryptoProvider, isSdkError, open, openUnverified, parseMessageInfo } from '@sotto/core';
import { type ChatBody, type ChatPayload, parseBody, parsePayload } from '@sotto/core/chat';
import { isOtherEnvelopeSigner } from '../chat/authors.ts';
import { type KnownSigners, listSigners } from '../chat/signers.ts';
import { isSameKey, keysOf, listKeyRingUsers } from '../key-ring.ts';
import { createLocalKeys } from '../local-keys.ts';
import type { CardCache, KeyStore } from '../ports.ts';
import { openSeenUsers } from './seen-users.ts';

interface PushUser {
  readonly appId: string;
  readonly identity: string;
}

export interface PushOptions {
  readonly keyStore: KeyStore;
  /** Where the app keeps the cards that it has seen. */
  readonly cards: CardCache;
  /** As the app gives it to `EThree.initialize`; needed if it does. */
  readonly servicePublicKey?: string | undefined;
  /** What the push says of its room and author. Something else in the message is not shown. */
  readonly room?: string | undefined;
  readonly author?: string | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

/** Why a message is not shown. `needs-app`: what it takes is not on this device, or too much for a push. */
export type PushRefusal =
  | 'unknown-sender'
  | 'key-not-accepted'
  | 'bad-signature'
  | 'author-mismatch'
  | 'other-room'
  | 'readers-mismatch'
  | 'expired'
  | 'not-for-this-device'
  | 'malformed'
  | 'needs-app';

export type OpenedPush =
  | {
      readonly state: 'verified';
      /** Whose keys opened it. */
      readonly identity: string;
      readonly sender: string;
      readonly room: string;
      readonly id: string;
      /** Null for a message of files alone. */
      readonly text: string | null;
      /** Names of its files. */
      readonly files: readonly string[];
      readonly isEdit: boolean;
    }
  | { readonly state: 'unverified'; readonly reason: PushRefusal };

/** @throws `storage/*`; whatever is wrong with the message is in what it gives */
export async function openPush(
  provider: CryptoProvider,
  ciphertext: string,
  { keyStore, cards, servicePublicKey, room, author, clock = Date.now }: PushOptions,
): Promise<OpenedPush> {
  const body = readBody(ciphertext);
  if (body?.form !== 'envelope') return refuse(body && body.form !== 'plain' ? 'needs-app' : 'malformed');
  const { message } = body;
  for (const user of await listKeyRingUsers(keyStore)) {
    const opened = await decrypt(provider, { message, keyStore, user });
    if (!opened) continue;
    if (opened === 'malformed' || (opened.kind !== 'message' && opened.kind !== 'edit')) return refuse('malformed');
    const { sender, expiresAt } = opened;
    if (author !== undefined && author !== sender) return refuse('author-mismatch');
    if (room !== undefined && room !== opened.room) return refuse('other-room');
    const seen = await openSeenUsers(provider, { cards, keyStore, user, servicePublicKey });
    const keys = createLocalKeys({ provider, store: keyStore, user });
    const signers = await listSigners({ identity: user.identity, keys, knownUsers: seen }, sender);
    const reason = await verify(provider, { message, keys: keysOf(await keys.get()), signers });
    if (reason) return refuse(reason);
    if (!isForItsReaders(message, opened)) return refuse('readers-mismatch');
    if (expiresAt !== undefined && expiresAt <= clock()) return refuse('expired');
    return toVerified(user, opened);
  }
  return refuse('not-for-this-device');
}

function readBody(ciphertext: string): ChatBody | undefined {
  try {
    return parseBody(ciphertext);
  } catch (error) {
    if (isSdkError(error)) return undefined;
    throw error;
  }
}

type Content = Extract<ChatPayload, { readonly kind: 'message' | 'edit' }>;

/** What is inside, which nobody has vouched for yet; undefined if it is for others. */
async function decrypt(
  provider: CryptoProvider,
  { message, keyStore, user }: { readonly message: Uint8Array; readonly keyStore: KeyStore; readonly user: PushUser },
): Promise<ChatPayload | 'malformed' | undefined> {
  const keys = keysOf(await createLocalKeys({ provider, store: keyStore, user }).get());
  try {
    return parsePayload((await openUnverified(provider, { message, keys })).plaintext);
  } catch (error) {
    if (!isSdkError(error) || error.family === 'storage') throw error;
    return error.code === 'envelope/not-a-recipient' ? undefined : 'malformed';
  }
}

async function verify(
  provider: CryptoProvider,
  {
    signers: { accepted, refused },
    ...message
  }: {
    readonly message: Uint8Array;
    readonly keys: Parameters<typeof open>[1]['keys'];
    readonly signers: KnownSigners;
  },
): Promise<PushRefusal | undefined> {
  const all = [...accepted, ...refused].map(({ publicKey }) => publicKey).filter(({ canSign }) => canSign);
  if (all.length === 0) return 'unknown-sender';
  try {
    const { signer } = await open(provider, { ...message, signers: all, mode: 'signAndEncrypt' });
    return accepted.some(({ publicKey }) => isSameKey(publicKey, signer)) ? undefined : 'key-not-accepted';
  } catch (error) {
    if (!isSdkError(error)) throw error;
    return isOtherEnvelopeSigner(error) ? 'unknown-sender' : 'bad-signature';
  }
}

function isForItsReaders(message: Uint8Array, { to }: Content): boolean {
  const { recipients } = parseMessageInfo(message).info;
  const ids = [...new Set(recipients.map(({ identifier }) => bytesToBase64Url(identifier)))].sort();
  return to?.length === ids.length && to.every((id, index) => id === ids[index]);
}

function toVerified({ identity }: PushUser, content: Content): OpenedPush {
  const { sender, room, text, attachments = [] } = content;
  const id = content.kind === 'edit' ? content.of.id : content.id;
  const files = attachments.map(({ name }) => name);
  return { state: 'verified', identity, sender, room, id, text, files, isEdit: content.kind === 'edit' };
}

function refuse(reason: PushRefusal): OpenedPush {
  return { state: 'unverified', reason };
}
