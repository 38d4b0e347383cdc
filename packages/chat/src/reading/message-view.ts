/** A message as an app gets it: a snapshot of an entry of the timeline. Text and files of what is not good are not in it. */
import { createAttachment } from '../attachment/room-attachment.ts';
import type { RoomContext } from '../context.ts';
import type { RoomMessage, SendOptions } from '../room.ts';
import { originOf } from './opened.ts';
import { listReactions } from './reactions.ts';
import type { Entry } from './timeline.ts';

/** What an app can do with a message, by its ref. */
export interface MessageActions {
  edit(ref: string, text: string, options: Pick<SendOptions, 'leaveOut'>): Promise<void>;
  remove(ref: string): Promise<void>;
  react(ref: string, emoji: string, isAdded: boolean): Promise<void>;
  retry(ref: string): Promise<void>;
}

export function createMessageView({ session }: RoomContext, entry: Entry, actions: MessageActions): RoomMessage {
  const { incoming, verification, readers, chainWarnings } = entry;
  const { ref, index, author, sentAt, files, raw } = incoming;
  const { state } = verification;
  const bound =
    entry.opened.kind === 'bound' && (state === 'verified' || state === 'expired') ? entry.opened : undefined;
  const origin = bound && originOf(bound.payload);
  const shown = state === 'verified' ? bound?.payload : undefined;
  const expiresAt = bound?.payload.expiresAt;
  return {
    ref,
    index,
    id: origin?.id,
    author,
    sentAt,
    text: textOf(entry),
    edited: (origin?.revision ?? 0) > 0,
    revision: origin?.revision ?? 0,
    attachments: (shown?.attachments ?? []).map((file) =>
      createAttachment(session, { entry: file, author: shown!.sender, files }),
    ),
    replyTo: shown?.replyTo,
    reactions: shown ? listReactions(entry.reactions) : [],
    readers: bound ? readers.readers : [],
    extraReaders: bound ? readers.extraReaders : [],
    leftOut: bound?.payload.leftOut ?? [],
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
    verification,
    warnings: bound ? [...chainWarnings, ...readers.warnings] : [],
    isRemoved: state === 'removed',
    raw,
    edit: (text, options = {}) => actions.edit(ref, text, options),
    remove: () => actions.remove(ref),
    react: (emoji) => actions.react(ref, emoji, true),
    unreact: (emoji) => actions.react(ref, emoji, false),
    retry: () => actions.retry(ref),
  };
}

function textOf({ opened, verification: { state } }: Entry): string | null {
  if (opened.kind === 'bound') return state === 'verified' ? opened.payload.text : null;
  if (opened.kind === 'failed') return null;
  return state === 'unbound' || state === 'plaintext' ? opened.text : null;
}
