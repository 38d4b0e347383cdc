/**
 * Reactions: a note of each user beside the message, encrypted under a secret that is in the message, and signed. What does not verify is not
 * shown. What was seen stays until its author says otherwise, whatever becomes of the note.
 */
import { type EditPayload, type MessagePayload, parsePayload, parseReactionNote, reactionKeys } from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import type { Reaction } from '../room.ts';
import { originOf } from './opened.ts';

export interface UserReaction {
  readonly emoji: readonly string[];
  readonly revision: number;
  /** The text that it was read from. */
  readonly note: string;
}

/** By identity. */
export type UserReactions = ReadonlyMap<string, UserReaction>;

export const REACTION_NOTE = 'r:';
const MAX_USERS = 1000;

/** Those that are not known yet: which one of a user is the newest, its revision says. */
export async function openReactions(
  context: RoomContext,
  {
    payload,
    notes,
    known,
  }: {
    readonly payload: MessagePayload | EditPayload;
    readonly notes: Readonly<Record<string, string>>;
    readonly known: UserReactions;
  },
): Promise<UserReactions> {
  const found = Object.entries(notes).filter(([name]) => name.startsWith(REACTION_NOTE));
  const fresh = found
    .slice(0, MAX_USERS)
    .map(([name, note]) => ({ identity: name.slice(REACTION_NOTE.length), note }))
    .filter(({ identity, note }) => known.get(identity)?.note !== note);
  if (fresh.length === 0) return new Map();

  const keys = await reactionKeysOf(context, payload);
  const opened = await Promise.all(
    fresh.map(async ({ identity, note }) => {
      try {
        const plaintext = await context.session.openShared({
          ...keys,
          message: parseReactionNote(note),
          author: identity,
        });
        const reaction = parsePayload(plaintext);
        if (reaction.kind !== 'reaction') return undefined;
        return { identity, reaction: { note, emoji: reaction.emoji, revision: reaction.revision } };
      } catch {
        return undefined;
      }
    }),
  );
  return new Map(opened.flatMap((one) => (one ? [[one.identity, one.reaction]] : [])));
}

/** What reactions to a message are encrypted under. */
export function reactionKeysOf({ session, room }: RoomContext, payload: MessagePayload | EditPayload) {
  const { sender: author, secret } = payload;
  return reactionKeys(session.provider, { room, author, id: originOf(payload).id, secret });
}

/** By emoji, in the order in which they came. */
export function listReactions(reactions: UserReactions): Reaction[] {
  const byEmoji = new Map<string, string[]>();
  for (const [identity, { emoji }] of reactions) {
    for (const one of emoji) byEmoji.set(one, [...(byEmoji.get(one) ?? []), identity]);
  }
  return [...byEmoji].map(([emoji, by]) => ({ emoji, by: by.sort() }));
}
