/** Encrypts a title for the members of now. Whoever joins later reads it when it is set again. */
import { bytesToBase64Url } from '@sotto/core';
import { encodeTitleNote } from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import { chatError } from '../errors.ts';
import { deviceIdOf } from '../kept/device.ts';
import { loadTitleRevision, noteTitleRevision } from '../kept/title-record.ts';
import { readTitle, TITLE_NOTE } from '../reading/title.ts';
import type { SendOptions } from '../room.ts';
import { requireShort, sealPayload } from './compose.ts';
import { resolveRoster } from './roster.ts';
import { toWellFormed } from './text.ts';

/** @throws `chat/not-supported`, `chat/too-long`, `chat/bad-content`, `chat/send-refused`, and as `resolveRoster` */
export async function setTitle(
  context: RoomContext,
  text: string,
  options: Pick<SendOptions, 'leaveOut'>,
): Promise<void> {
  const { transport, session, room } = context;
  if (!transport.can.roomNotes) throw chatError('chat/not-supported', { details: { what: 'title' } });
  const roster = await resolveRoster(context, options);
  await readTitle(context); // takes note of the revision that is there
  const revision = (await loadTitleRevision(context)) + 1;
  const head = {
    room,
    sender: session.identity,
    device: await deviceIdOf(session, context.names),
    id: bytesToBase64Url(session.provider.randomBytes(16)),
  };
  const { body } = await sealPayload(context, roster, (audience) => {
    return { kind: 'title', ...head, ...audience, text: toWellFormed(text), revision };
  });
  const note = encodeTitleNote({ author: session.identity, body });
  await transport.setRoomNote(TITLE_NOTE, requireShort(note, transport.limits.roomNoteBytes));
  await noteTitleRevision(context, revision);
}
