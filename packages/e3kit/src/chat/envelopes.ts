/** Envelopes of a chat: for readers that are known before the text is, and by an author who is named. */
import {
  bytesToBase64Url,
  type Card,
  coreError,
  type EnvelopeMode,
  identifierOf,
  open,
  parseMessageInfo,
  type PublicKey,
  seal,
} from '@sotto/core';
import type { Session } from '../session.ts';
import { withKeyRing } from '../use-cases/decrypt.ts';
import { encrypt, resolveReaders } from '../use-cases/encrypt.ts';
import { type Authors, isOtherEnvelopeSigner } from './authors.ts';
import type { Signer } from './signers.ts';

export interface PreparedEnvelope {
  /** Of all readers, oneself among them, as the envelope will list them; base64url, sorted. */
  readonly keyIds: readonly string[];
  seal(plaintext: Uint8Array): Promise<Uint8Array>;
}

export interface OpenedEnvelope {
  readonly plaintext: Uint8Array;
  readonly mode: 'signAndEncrypt' | 'signThenEncrypt';
  readonly signer: Signer;
  /** As the envelope lists its readers; base64url, sorted. */
  readonly keyIds: readonly string[];
}

export interface OpenEnvelopeOptions {
  readonly message: Uint8Array;
  /** The identity of who is said to have written it. */
  readonly author: string;
  readonly signal?: AbortSignal | undefined;
}

/** @throws MissingPrivateKeyError, ArgumentError, `users/key-not-accepted` (strict) */
export async function prepareEnvelope(session: Session, readers: readonly Card[]): Promise<PreparedEnvelope> {
  const { provider, identifiers } = session;
  const { signer, recipients } = await resolveReaders(session, { readers });
  const keyIds = sortIds(recipients.map((key: PublicKey) => identifierOf(key, identifiers)));
  const options = { recipients, signer, mode: 'signAndEncrypt', padding: true, identifiers } as const;
  return { keyIds, seal: (plaintext) => seal(provider, { ...options, plaintext }) };
}

/** In the format of 2019, whose signature stands in clear. @throws as `prepareEnvelope`, `key/unsupported` */
export function sealLegacy(
  session: Session,
  { plaintext, readers }: { readonly plaintext: Uint8Array; readonly readers: readonly Card[] },
): Promise<Uint8Array> {
  return encrypt(session, { plaintext, readers, mode: 'signThenEncrypt' });
}

/** @throws `envelope/*`, `chat/unknown-sender`, `chat/key-not-accepted`, MissingPrivateKeyError */
export async function openEnvelope(
  session: Session,
  authors: Authors,
  { message, author, signal }: OpenEnvelopeOptions,
): Promise<OpenedEnvelope> {
  const { recipients } = parseMessageInfo(message).info;
  const keyIds = sortIds(recipients.map(({ identifier }) => identifier));
  const options = { isOtherSigner: isOtherEnvelopeSigner, signal };
  const { plaintext, mode, signer } = await authors.verifiedBy(author, options, (signers) =>
    withKeyRing(session, 'envelope/not-a-recipient', (keys) => open(session.provider, { message, keys, signers })),
  );
  return { plaintext, mode: requireSigned(mode), signer, keyIds };
}

function requireSigned(mode: EnvelopeMode): OpenedEnvelope['mode'] {
  if (mode === 'encrypt') throw coreError('envelope/not-signed');
  return mode;
}

/** Each id once, since a key counts once however often it is named. */
function sortIds(ids: readonly Uint8Array[]): string[] {
  return [...new Set(ids.map(bytesToBase64Url))].sort();
}
