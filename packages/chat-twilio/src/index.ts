/** Encrypted conversations over the official Twilio SDK. What belongs on the backend is in `@sotto/chat-twilio/server`. */
export { encrypted } from './encrypted.ts';
export { type ClientEvents, type EncryptedClient, encryptedClient } from './encrypted-client.ts';
export type {
  ConversationEvents,
  DecryptedMedia,
  DecryptedMessage,
  DecryptedPage,
  EncryptedConversation,
  EncryptedMessageBuilder,
  EncryptedOptions,
  MediaInput,
  MediaOptions,
  MessageUpdate,
  SendMessageOptions,
  UnsentEncryptedMessage,
} from './encrypted-types.ts';
export { CHAT_TWILIO_ERRORS, type ChatTwilioErrorCode } from './errors.ts';
export { createTwilioTransport, type TwilioTransportOptions } from './transport.ts';
export type * from './twilio-types.ts';
