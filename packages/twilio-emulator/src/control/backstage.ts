/** What whoever runs a chat service sees of it and can do to it, past all that it shows and tells: the bytes that it stores, and a message gone without a trace. */
import { findMessage, listMessages } from '../conversations/messages.ts';
import { messagesOf } from '../conversations/mirror.ts';
import { listParticipants } from '../conversations/participants.ts';
import { type ChatService, putRow } from '../conversations/service.ts';
import type { ConversationRow, MediaRow, MessageRow, ParticipantRow } from '../state/rows.ts';
import { locate, locateMessage } from './locate.ts';

/** Each throws EmulatorError `emulator/unknown-target` for a SID that is not there. */
export interface Backstage {
  /** A conversation as it is stored, without what was removed. */
  inspect(conversationSid: string): Promise<StoredRoom>;
  /** What the body of a message was before its last change; undefined if it was never changed. */
  formerBodyOf(messageSid: string): string | null | undefined;
  /** Removes a message and tells nobody: clients that have it keep it, all others find nothing. */
  eraseMessage(messageSid: string): void;
}

export interface StoredRoom {
  readonly conversation: Pick<
    ConversationRow,
    'sid' | 'friendlyName' | 'uniqueName' | 'attributes' | 'createdBy' | 'dateCreated'
  >;
  readonly participants: readonly StoredParticipant[];
  /** By index. */
  readonly messages: readonly StoredRoomMessage[];
}

export interface StoredParticipant
  extends Pick<ParticipantRow, 'sid' | 'identity' | 'dateCreated' | 'lastReadIndex' | 'lastReadAt'> {
  readonly type: 'chat' | 'sms' | 'whatsapp' | 'email';
}

export interface StoredRoomMessage
  extends Pick<MessageRow, 'sid' | 'index' | 'author' | 'body' | 'attributes' | 'dateCreated' | 'dateUpdated'> {
  readonly media: readonly StoredMedia[];
}

export interface StoredMedia extends Pick<MediaRow, 'sid' | 'contentType' | 'filename' | 'size'> {
  /** The first bytes; undefined where the content was lost. */
  head(length: number): Promise<Uint8Array | undefined>;
}

export function createBackstage(services: readonly ChatService[]): Backstage {
  return {
    async inspect(conversationSid) {
      const { service, conversation } = locate(services, conversationSid);
      const { sid, friendlyName, uniqueName, attributes, createdBy, dateCreated } = conversation.row;
      return {
        conversation: { sid, friendlyName, uniqueName, attributes, createdBy, dateCreated },
        participants: listParticipants(conversation).map(toParticipant),
        messages: listMessages(conversation).map((row) => toMessage(service, row)),
      };
    },

    formerBodyOf: (messageSid) => locateMessage(services, messageSid).row.formerBody,

    eraseMessage(messageSid) {
      const { service, conversation } = locateMessage(services, messageSid);
      const row = findMessage(conversation, messageSid);
      const list = messagesOf(row.conversationSid);
      // First, so that the change finds nothing to tell of; then the mark that the change leaves.
      service.sync.forgetItem(list, String(row.index));
      putRow(service, 'message', { ...row, body: null, attributes: '{}', isRemoved: true, dateUpdated: service.now() });
      service.sync.forgetItem(list, String(row.index));
    },
  };
}

function toParticipant({ sid, identity, binding, dateCreated, lastReadIndex, lastReadAt }: ParticipantRow) {
  return { sid, identity, type: binding?.type ?? 'chat', dateCreated, lastReadIndex, lastReadAt } as const;
}

function toMessage(service: ChatService, row: MessageRow): StoredRoomMessage {
  const { sid, index, author, body, attributes, dateCreated, dateUpdated } = row;
  const media = row.mediaSids.flatMap((mediaSid) => {
    const stored = service.state.media.get(mediaSid);
    if (!stored) return [];
    const { contentType, filename, size } = stored;
    return {
      sid: mediaSid,
      contentType,
      filename,
      size,
      head: (length: number) => service.blobs.head(mediaSid, length),
    };
  });
  return { sid, index, author, body, attributes, dateCreated, dateUpdated, media };
}
