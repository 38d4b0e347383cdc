/** A message as apps know it from Twilio: one object that follows the message, over the copies that the room hands out. */
import { chatError, type RoomAttachment, type RoomMessage } from '@sotto/chat';
import type { DecryptedMedia, DecryptedMessage, EncryptedConversation } from './encrypted-types.ts';
import { withNotesOf, withoutNotes } from './notes.ts';
import type { ConversationLike, JsonValue, MessageOf } from './twilio-types.ts';

export interface MessageView<C extends ConversationLike> {
  readonly message: DecryptedMessage<C>;
  /** From now on the message is as in this copy. */
  show(copy: RoomMessage): void;
}

export function createMessageView<C extends ConversationLike>(
  conversation: EncryptedConversation<C>,
  first: RoomMessage,
  { mayWriteAttributes }: { readonly mayWriteAttributes: boolean },
): MessageView<C> {
  let now = first;
  const raw = first.raw as MessageOf<C>;
  const message: DecryptedMessage<C> = {
    conversation,
    sid: first.ref,
    index: first.index,
    raw,

    get author() {
      return now.author;
    },
    get body() {
      return now.text;
    },
    get text() {
      return now.text;
    },
    get type() {
      return now.attachments.length > 0 ? 'media' : 'text';
    },
    get attributes() {
      return withoutNotes(raw.attributes);
    },
    get dateCreated() {
      return now.sentAt;
    },
    get dateUpdated() {
      return raw.dateUpdated;
    },
    get participantSid() {
      return raw.participantSid;
    },
    get lastUpdatedBy() {
      return raw.lastUpdatedBy;
    },
    get attachedMedia() {
      return now.attachments.map(toMedia);
    },

    get id() {
      return now.id;
    },
    get verification() {
      return now.verification;
    },
    get warnings() {
      return now.warnings;
    },
    get edited() {
      return now.edited;
    },
    get revision() {
      return now.revision;
    },
    get attachments() {
      return now.attachments;
    },
    get replyTo() {
      return now.replyTo;
    },
    get reactions() {
      return now.reactions;
    },
    get readers() {
      return now.readers;
    },
    get extraReaders() {
      return now.extraReaders;
    },
    get leftOut() {
      return now.leftOut;
    },
    get expiresAt() {
      return now.expiresAt;
    },
    get isRemoved() {
      return now.isRemoved;
    },

    edit: (text, options) => now.edit(text, options),
    async updateBody(text) {
      await now.edit(text);
      return message;
    },
    async remove() {
      await now.remove();
      return message;
    },
    react: (emoji) => now.react(emoji),
    unreact: (emoji) => now.unreact(emoji),
    retry: () => now.retry(),
    async updateAttributes(attributes) {
      if (!mayWriteAttributes) refuseAttributes();
      await raw.updateAttributes(withNotesOf(attributes, raw.attributes));
      return message;
    },
  };
  return {
    message,
    show(copy) {
      now = copy;
    },
  };
}

/** Under `attributes: 'strip'`. */
export function refuseAttributes(): never {
  throw chatError('chat/not-supported', { details: { what: 'attributes' } });
}

/** What the app may read of attributes: all but what is kept beside them. */
export function attributesOf(place: { readonly attributes: JsonValue }): JsonValue {
  return withoutNotes(place.attributes);
}

function toMedia(attachment: RoomAttachment): DecryptedMedia {
  const { name, type, size } = attachment;
  return {
    filename: name,
    contentType: type,
    size,
    category: 'media',
    getContentTemporaryUrl: () => attachment.objectURL(),
  };
}
