/** `prepareMessage()`: a message put together in steps, as with Twilio's builder. */
import type { OutgoingAttachment, OutgoingMessage, SendOptions } from '@sotto/chat';
import type { EncryptedMessageBuilder } from './encrypted-types.ts';
import { toAttachments } from './media-input.ts';
import type { JsonValue } from './twilio-types.ts';

export interface ComposedMessage {
  readonly content: OutgoingMessage;
  readonly attributes: JsonValue | undefined;
}

export type Send = (message: ComposedMessage, options: SendOptions | undefined) => Promise<number>;

export function createMessageBuilder(send: Send): EncryptedMessageBuilder {
  let content: OutgoingMessage = {};
  let attributes: JsonValue | undefined;
  let files: readonly OutgoingAttachment[] = [];

  const builder: EncryptedMessageBuilder = {
    setBody(text) {
      content = { ...content, text };
      return builder;
    },
    addMedia(media) {
      files = [...files, ...toAttachments(media)];
      return builder;
    },
    setAttributes(given) {
      attributes = given;
      return builder;
    },
    setReplyTo({ id, index }) {
      content = { ...content, replyTo: { id, index } };
      return builder;
    },
    setExpiresAt(expiresAt) {
      content = { ...content, expiresAt };
      return builder;
    },
    build() {
      const message = { content: { ...content, files }, attributes };
      return { send: (options) => send(message, options) };
    },
    buildAndSend: (options) => builder.build().send(options),
  };
  return builder;
}
