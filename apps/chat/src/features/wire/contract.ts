/**
 * `GET /demo/wire?room=<sid>` of the backend that serves this page: what the chat service holds of one room, byte for byte. The emulator
 * answers it; with the real Twilio there is no such route (404), and the panel shows what the official SDK received instead.
 *
 * Only on this machine, only from this origin (no CORS), `Cache-Control: no-store`; needs no authorization, like all of the sample
 * backend. An unknown room: 404 `{ "code", "message" }`. Times are ISO 8601. The page asks again when the room changes.
 */
export interface WireAnswer {
  readonly room: WireRoom;
  /** By index, oldest first: the newest 200. */
  readonly messages: readonly WireMessage[];
}

export interface WireRoom {
  readonly sid: string;
  readonly friendlyName: string | null;
  readonly uniqueName: string | null;
  /** JSON, as stored. */
  readonly attributes: string;
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly participants: readonly WireParticipant[];
}

export interface WireParticipant {
  readonly sid: string;
  readonly identity: string | null;
  /** `chat`, `sms`, … */
  readonly type: string;
  readonly joinedAt: string;
  readonly readIndex: number | null;
  readonly readAt: string | null;
}

export interface WireMessage {
  readonly sid: string;
  readonly index: number;
  readonly author: string | null;
  readonly createdAt: string;
  readonly updatedAt: string | null;
  /** As stored. */
  readonly body: string | null;
  /** JSON, as stored. */
  readonly attributes: string;
  readonly media: readonly WireMedia[];
}

export interface WireMedia {
  readonly sid: string;
  readonly contentType: string;
  readonly filename: string | null;
  /** Bytes. */
  readonly size: number;
  /** The first 48 bytes, base64; absent where they are not at hand. */
  readonly head?: string | undefined;
}

/** Strict enough not to show nonsense; the backend is ours. */
export function isWireAnswer(value: unknown): value is WireAnswer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'messages' in value &&
    Array.isArray(value.messages) &&
    'room' in value &&
    typeof value.room === 'object' &&
    value.room !== null
  );
}
