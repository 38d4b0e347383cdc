/**
 * A Twilio conversation as a `RoomTransport`: over the official SDK, which it neither imports nor changes. It knows no keys, and believes
 * nothing that Twilio says of authors.
 */
import { chatError, type OutgoingPayload, type RoomTransport, type TransportEvents } from '@sotto/chat';
import { isSdkError } from '@sotto/core';
import { createArrivals } from './arrivals.ts';
import { callTwilio, refuse } from './call-failure.ts';
import { createConnectionWatch } from './connection.ts';
import { chatTwilioError } from './errors.ts';
import { readHistory } from './history.ts';
import { copyMessage } from './incoming.ts';
import { createNoteWriter } from './note-writer.ts';
import { NOTES_FRAME_BYTES, type NotePlace, readNotes } from './notes.ts';
import { editMessage, sendMessage } from './send.ts';
import type { AnyListener, ClientLike, ConversationLike, JsonValue, MessageLike } from './twilio-types.ts';

export interface TwilioTransportOptions {
  /** The client of the conversation: with it a lost connection is seen at once, without it after a call that failed. */
  readonly client?: Pick<ClientLike, 'connectionState' | 'on' | 'off'> | undefined;
  /** Told of updates that change neither text, media nor notes, such as delivery receipts. */
  readonly onOtherUpdate?: ((message: MessageLike) => void) | undefined;
  /** Asked with each send for attributes of the message. They are plain for all who see it, the service included. */
  readonly attributesOfNext?: (() => JsonValue | undefined) | undefined;
}

// Twilio's documentation says KB and MB without saying which; these are the smaller ones.
const PAYLOAD_BYTES = 32_000;
const MESSAGE_ATTRIBUTES_BYTES = 4_000;
const CONVERSATION_ATTRIBUTES_BYTES = 16_000;
const BYTES_PER_MB = 1_000_000;
const SEARCHED_MESSAGES = 500;

export function createTwilioTransport(
  conversation: ConversationLike,
  { client, onOtherUpdate, attributesOfNext }: TwilioTransportOptions = {},
): RoomTransport {
  const messages = new Map<string, MessageLike>();
  const noted = new Map<string, string>();
  const connection = createConnectionWatch(conversation, client);
  const notes = createNoteWriter(async (ref) =>
    ref === undefined ? roomPlace(conversation) : messagePlace(await find(ref)),
  );

  let newestIndex = conversation.lastMessage?.index;

  function remember(message: MessageLike): void {
    newestIndex = Math.max(newestIndex ?? 0, message.index);
    messages.set(message.sid, message);
    noted.set(message.sid, JSON.stringify(readNotes(message.attributes)));
  }
  /** One that came by, or else one of the newest: the SDK finds messages by index alone. */
  async function find(ref: string): Promise<MessageLike> {
    if (!messages.has(ref)) await readHistory(conversation, { limit: SEARCHED_MESSAGES }, remember);
    const message = messages.get(ref);
    if (message === undefined) throw chatError('chat/unknown-message');
    return message;
  }
  function messagePlace(message: MessageLike): NotePlace {
    return {
      maxBytes: MESSAGE_ATTRIBUTES_BYTES,
      read: () => message.attributes,
      write: (attributes) => message.updateAttributes(attributes),
      onChange: (listener) =>
        listen(conversation, {
          messageUpdated: ({ message: updated }: { message: MessageLike }) => {
            if (updated.sid === message.sid) listener();
          },
        }),
    };
  }
  async function noteDoubt<T>(sending: Promise<T>): Promise<T> {
    try {
      return await sending;
    } catch (error) {
      if (isSdkError(error, 'chat/send-doubtful')) connection.suspectLoss();
      throw error;
    }
  }

  return {
    room: conversation.sid,
    get limits() {
      const { mediaAttachmentSizeLimitInMb, mediaAttachmentsCountLimit } = conversation.limits;
      return {
        payloadBytes: PAYLOAD_BYTES,
        noteBytes: MESSAGE_ATTRIBUTES_BYTES - NOTES_FRAME_BYTES,
        roomNoteBytes: CONVERSATION_ATTRIBUTES_BYTES - NOTES_FRAME_BYTES,
        attachmentBytes: mediaAttachmentSizeLimitInMb * BYTES_PER_MB,
        attachmentCount: mediaAttachmentsCountLimit,
      };
    },
    can: { edit: true, remove: true, attachments: true, notes: true, roomNotes: true },

    async send(message, options) {
      refuseTooMuchMedia(conversation, message);
      const attributes = attributesOfNext?.();
      return { index: await noteDoubt(sendMessage(conversation, message, { ...options, attributes })) };
    },
    async edit(ref, payload) {
      const message = await find(ref);
      await noteDoubt(editMessage(message, payload));
    },
    async remove(ref) {
      const message = await find(ref);
      await refuse(() => message.remove());
    },
    setNote: (ref, name, value) => notes.write(ref, name, value),
    setRoomNote: (name, value) => notes.write(undefined, name, value),
    roomNotes: async () => readNotes(await callTwilio(() => conversation.getAttributes())),
    async history(query) {
      const page = await readHistory(conversation, query, remember);
      if (query.before === undefined) newestIndex ??= -1;
      return page;
    },
    async members() {
      const participants = await callTwilio(() => conversation.getParticipants());
      return participants.map(({ sid, identity, type }) => ({ ref: sid, identity, canDecrypt: type === 'chat' }));
    },

    subscribe(on) {
      let isStopped = false;
      const arrivals = createArrivals(conversation, {
        newestIndex: () => newestIndex,
        onMessage(message) {
          remember(message);
          if (!isStopped) on.message?.(copyMessage(message));
        },
      });
      const stopListening = listen(conversation, {
        messageAdded: arrivals.take,
        messageUpdated({ message, updateReasons }: { message: MessageLike; updateReasons: readonly string[] }) {
          const notesBefore = noted.get(message.sid);
          remember(message);
          const isContent = updateReasons.some((reason) => CONTENT.has(reason));
          if (isContent || noted.get(message.sid) !== notesBefore) on.updated?.(copyMessage(message));
          else onOtherUpdate?.(message);
        },
        messageRemoved(message: MessageLike) {
          messages.delete(message.sid);
          noted.delete(message.sid);
          on.removed?.(copyMessage(message));
        },
        ...conversationListeners(on),
      });
      const stopWatching = connection.subscribe(() => {
        void arrivals.catchUp().then(() => {
          if (!isStopped) on.reconnected?.();
        });
      });
      return () => {
        isStopped = true;
        stopListening();
        stopWatching();
      };
    },
  };
}

/** Reasons of an update that bear on what a message says, and on who says it. */
const CONTENT: ReadonlySet<string> = new Set(['body', 'media', 'author']);

function conversationListeners(on: TransportEvents): Record<string, AnyListener> {
  return {
    participantJoined: () => on.membersChanged?.(),
    participantLeft: () => on.membersChanged?.(),
    updated({ updateReasons }: { updateReasons: readonly string[] }) {
      if (updateReasons.includes('attributes')) on.roomNotesChanged?.();
    },
  };
}

function roomPlace(conversation: ConversationLike): NotePlace {
  return {
    maxBytes: CONVERSATION_ATTRIBUTES_BYTES,
    read: () => conversation.attributes,
    write: (attributes) => conversation.updateAttributes(attributes),
    onChange: (listener) => listen(conversation, { updated: listener }),
  };
}

/** What the SDK itself would find out after the uploads, or not at all. */
function refuseTooMuchMedia(conversation: ConversationLike, { files }: OutgoingPayload): void {
  const { mediaAttachmentsTotalSizeLimitInMb: totalMb } = conversation.limits;
  const bytes = files.reduce((sum, { content }) => sum + content.size, 0);
  if (bytes <= totalMb * BYTES_PER_MB) return;
  const details = { bytes, maxBytes: totalMb * BYTES_PER_MB };
  const cause = chatTwilioError('twilio/media-limits', { details });
  throw chatError('chat/send-refused', { details, cause });
}

function listen(conversation: ConversationLike, listeners: Record<string, AnyListener>): () => void {
  for (const [event, listener] of Object.entries(listeners)) conversation.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) conversation.off(event, listener);
  };
}
