/** Encrypted conversations over a small transport port. */
export { CHAT_ERRORS, type ChatErrorCode, chatError } from './errors.ts';
export { createMemoryHub, type MemoryHub, type MemoryHubOptions } from './memory/hub.ts';
export { openRoom } from './open-room.ts';
export type * from './room.ts';
export type * from './session.ts';
export type * from './transport.ts';
