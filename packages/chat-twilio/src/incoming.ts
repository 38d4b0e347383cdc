/** Copies what a message of the SDK says at this moment: the SDK changes its objects in place, and shares them between events and pages. */
import type { Incoming, IncomingFile } from '@sotto/chat';
import { downloadMedia } from './download.ts';
import { readNotes } from './notes.ts';
import type { MediaLike, MessageLike } from './twilio-types.ts';

export function copyMessage(message: MessageLike): Incoming {
  return {
    ref: message.sid,
    index: message.index,
    author: message.author,
    sentAt: message.dateCreated,
    updatedAt: message.dateUpdated,
    payload: message.body,
    notes: readNotes(message.attributes),
    files: (message.attachedMedia ?? []).map(copyMedia),
    raw: message,
  };
}

function copyMedia(media: MediaLike): IncomingFile {
  return {
    name: media.filename,
    type: media.contentType,
    size: media.size,
    download: (options) => downloadMedia(media, options),
  };
}
