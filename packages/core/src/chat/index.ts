/** The formats of chat: `@sotto/core/chat`, apart from the rest so that an app without chat loads nothing of it. */
export { reactionKeys, roomGroupId } from './bind.ts';
export * from './body.ts';
export { CHAT_FORMAT_ERRORS } from './errors.ts';
export * from './payload.ts';
export { encodePayload, parsePayload, payloadDigest } from './payload-codec.ts';
