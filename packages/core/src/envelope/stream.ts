/** Messages in pieces: `@sotto/core/stream`, apart from the rest so that an app without files loads nothing of it. */
export * from './bulk.ts';
export * from './file-details.ts';
export * from './open-stream.ts';
export { type ByteSource, PieceReader } from './pieces.ts';
export * from './seal-stream.ts';
export { STREAM_ERRORS, type StreamErrorCode, streamError } from './stream-errors.ts';
