/** Decrypts a sealed payload and verifies its author, its room, and that it names the readers that it was encrypted for. */
import { bytesToBase64Url, isSdkError } from '@sotto/core';
import { type ChatPayload, parsePayload, payloadDigest, type SealedBody } from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import type { FailureReason } from '../room.ts';
import type { Signer } from '../session.ts';

export interface OpenedPayload {
  readonly payload: Exclude<ChatPayload, { readonly kind: 'reaction' }>;
  readonly digest: string;
  readonly signer: Signer;
  readonly participants?: readonly string[] | undefined;
  /** Session id of the group, base64url. */
  readonly group?: string | undefined;
}

/** What was decrypted and is not what it should be. */
export interface Refusal {
  readonly refused: FailureReason;
}

interface Decrypted {
  readonly plaintext: Uint8Array;
  readonly signer: Signer;
  readonly isAudience: (payload: OpenedPayload['payload']) => boolean;
  readonly participants?: readonly string[];
  readonly group?: string;
}

/** @throws what the session throws, `chat/malformed`, `chat/unsupported-version` */
export async function openSealed(
  context: RoomContext,
  body: SealedBody,
  author: string,
): Promise<OpenedPayload | Refusal> {
  const { plaintext, isAudience, ...facts } = await (body.form === 'group'
    ? openForGroup(context, body, author)
    : openForKeys(context, body, author));
  const payload = parsePayload(plaintext);
  if (payload.kind === 'reaction') return { refused: 'malformed' };
  if (payload.sender !== author) return { refused: 'author-mismatch' };
  if (payload.room !== context.room) return { refused: 'other-room' };
  if (!isAudience(payload)) return { refused: 'readers-mismatch' };
  return { ...facts, payload, digest: await payloadDigest(context.session.provider, plaintext) };
}

async function openForKeys(
  { session }: RoomContext,
  { message }: SealedBody & { readonly form: 'envelope' },
  author: string,
): Promise<Decrypted> {
  const { plaintext, signer, keyIds } = await session.openEnvelope({ message, author });
  const listed = JSON.stringify(keyIds);
  return { plaintext, signer, isAudience: ({ to }) => JSON.stringify(to) === listed };
}

async function openForGroup(
  context: RoomContext,
  { initiator, nonce, message }: SealedBody & { readonly form: 'group' },
  author: string,
): Promise<Decrypted> {
  const group = await context.groups.load({ initiator, nonce });
  const opened = await group.decrypt(message, author).catch(async (error: unknown) => {
    if (!isSdkError(error, 'group/outdated')) throw error;
    await group.update();
    return group.decrypt(message, author);
  });
  const session = bytesToBase64Url(group.sessionId);
  const isAudience: Decrypted['isAudience'] = (payload) => payload.group?.session === session;
  return { ...opened, participants: group.participants, group: session, isAudience };
}
