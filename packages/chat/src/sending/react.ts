/** Writes all reactions of this user to one message, as one note beside it. */
import { utf8ToBytes } from '@sotto/core';
import {
  type EditPayload,
  encodePayload,
  encodeReactionNote,
  MAX_EMOJI_BYTES,
  type MessagePayload,
} from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import { chatError } from '../errors.ts';
import { REACTION_NOTE, reactionKeysOf, type UserReaction } from '../reading/reactions.ts';
import type { Incoming } from '../transport.ts';
import { toWellFormed } from './text.ts';

const MAX_EMOJI = 20;

/** What stands there now. @throws `chat/not-supported`, `chat/bad-emoji`, `chat/too-long`, `chat/send-refused` */
export async function writeReaction(
  context: RoomContext,
  {
    incoming,
    payload,
    emoji,
    revision,
  }: {
    readonly incoming: Incoming;
    readonly payload: MessagePayload | EditPayload;
    readonly emoji: readonly string[];
    readonly revision: number;
  },
): Promise<UserReaction> {
  const { session, transport } = context;
  if (!transport.can.notes) throw chatError('chat/not-supported', { details: { what: 'reactions' } });
  if (emoji.length > MAX_EMOJI || !emoji.every(isEmoji)) throw chatError('chat/bad-emoji');
  const plaintext = encodePayload({ kind: 'reaction', emoji, revision });
  const note = encodeReactionNote(await session.sealShared({ ...(await reactionKeysOf(context, payload)), plaintext }));
  const name = `${REACTION_NOTE}${session.identity}`;
  const all = JSON.stringify({ ...incoming.notes, [name]: note });
  if (utf8ToBytes(all).length > transport.limits.noteBytes) throw chatError('chat/too-long');
  await transport.setNote(incoming.ref, name, note);
  return { emoji, revision, note };
}

function isEmoji(text: string): boolean {
  return text !== '' && toWellFormed(text) === text && utf8ToBytes(text).length <= MAX_EMOJI_BYTES;
}
