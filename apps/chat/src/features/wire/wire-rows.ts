/** Each message as its readers see it, and as the chat service holds it, side by side. */
import type { RoomMessage } from '@sotto/chat';
import type { WireAnswer } from './contract.ts';
import { readRawMessage } from './raw-message.ts';

export interface WireRow {
  readonly ref: string;
  readonly index: number;
  readonly message: RoomMessage | undefined;
  readonly author: string | null;
  readonly at: Date | null;
  readonly body: string | null;
  /** JSON. */
  readonly attributes: string;
  readonly media: readonly WireMediaRow[];
  /** UTF-8. */
  readonly bodyBytes: number;
}

export interface WireMediaRow {
  readonly contentType: string;
  readonly filename: string | null;
  readonly size: number;
  /** The first bytes, hex. */
  readonly head: string | undefined;
}

/** From what the service holds, where the backend tells; else from what its client received. Newest first. */
export function buildWireRows(messages: readonly RoomMessage[], answer: WireAnswer | undefined): readonly WireRow[] {
  const rows = answer ? rowsOfAnswer(answer, messages) : messages.map(rowOfMessage);
  return rows.toReversed();
}

function rowsOfAnswer({ messages: held }: WireAnswer, messages: readonly RoomMessage[]): WireRow[] {
  const byRef = new Map(messages.map((message) => [message.ref, message]));
  return held.map(({ sid, index, author, createdAt, body, attributes, media }) => ({
    ref: sid,
    index,
    message: byRef.get(sid),
    author,
    at: new Date(createdAt),
    body,
    attributes,
    media: media.map(({ contentType, filename, size, head }) => ({
      contentType,
      filename,
      size,
      head: head === undefined ? undefined : base64ToHex(head),
    })),
    bodyBytes: countBytes(body),
  }));
}

function rowOfMessage(message: RoomMessage): WireRow {
  const { body, attributes, media } = readRawMessage(message.raw);
  return {
    ref: message.ref,
    index: message.index,
    message,
    author: message.author,
    at: message.sentAt,
    body,
    attributes,
    media: media.map((file) => ({ ...file, head: undefined })),
    bodyBytes: countBytes(body),
  };
}

function countBytes(text: string | null): number {
  return text === null ? 0 : new TextEncoder().encode(text).length;
}

function base64ToHex(base64: string): string {
  return Array.from(atob(base64), (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
}

/** Empty attributes are nothing to look at. */
export function hasAttributes({ attributes }: WireRow): boolean {
  return attributes !== '' && attributes !== '{}' && attributes !== 'null';
}
