/** The encrypted title of a room: a note beside it, which says itself who wrote it. */
import { parseTitleNote } from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import { loadTitleRevision, noteTitleRevision } from '../kept/title-record.ts';
import type { FailureReason, RoomTitle } from '../room.ts';
import { failureReasonOf } from './failure.ts';
import { openSealed } from './open-body.ts';

export const TITLE_NOTE = 'title';

export async function readTitle(context: RoomContext): Promise<RoomTitle | undefined> {
  if (!context.transport.can.roomNotes) return undefined;
  const note = (await context.transport.roomNotes())[TITLE_NOTE];
  if (note === undefined) return undefined;
  let author: string | null = null;
  try {
    const { author: named, body } = parseTitleNote(note);
    author = named;
    const opened = await openSealed(context, body, author);
    if ('refused' in opened) return failed(author, opened.refused);
    const { payload, signer } = opened;
    if (payload.kind !== 'title') return failed(author, 'malformed');
    const { revision, sender, device, text } = payload;
    if (revision < (await loadTitleRevision(context))) return failed(author, 'rolled-back');
    await noteTitleRevision(context, revision);
    const senderVerified = (await context.people.find([author])).get(author)?.isVerified ?? false;
    const keyChanged = signer.isOutdated ? { keyChanged: 'rotated' as const } : {};
    return { text, author, verification: { state: 'verified', sender, device, senderVerified, ...keyChanged } };
  } catch (error) {
    return failed(author, failureReasonOf(error));
  }
}

function failed(author: string | null, reason: FailureReason): RoomTitle {
  return { text: null, author, verification: { state: 'failed', reason } };
}
