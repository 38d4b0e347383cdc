/**
 * The port behind which chat services differ: one room on one of them. A transport carries ciphertext and knows no keys; what it says of
 * authors, order and members is believed by nobody. Adapters: `memory/hub.ts`, and `@sotto/chat-twilio`. All pass the acceptance suite
 * `room-transport-suite.ts` of `@sotto/testing`.
 */

export interface RoomTransport {
  /** Id of the conversation: the same for all members, for ever, and no other room of the service has it. */
  readonly room: string;
  readonly limits: TransportLimits;
  readonly can: TransportAbilities;

  /** @throws `chat/send-refused` (surely not stored), `chat/send-doubtful` (it may be) */
  send(message: OutgoingPayload, options?: TransferOptions): Promise<{ readonly index: number }>;
  /** Replaces the payload; files stay. @throws `chat/send-refused`, `chat/send-doubtful` */
  edit(ref: string, payload: string): Promise<void>;
  /** @throws `chat/send-refused` */
  remove(ref: string): Promise<void>;

  /** Small named texts beside a message or the room, merged with what others write at the same time. Undefined removes. @throws `chat/send-refused` */
  setNote(ref: string, name: string, value: string | undefined): Promise<void>;
  setRoomNote(name: string, value: string | undefined): Promise<void>;
  roomNotes(): Promise<Readonly<Record<string, string>>>;

  history(query: HistoryQuery): Promise<HistoryPage>;
  /** Who takes part now, oneself included. */
  members(): Promise<readonly TransportMember[]>;
  /** From now on, in order; what was before comes by `history`. Gives back how to stop. */
  subscribe(on: TransportEvents): () => void;
}

export interface TransportLimits {
  /** UTF-8 bytes of a payload. */
  readonly payloadBytes: number;
  /** UTF-8 bytes of all notes of one message together, as they are stored. */
  readonly noteBytes: number;
  readonly roomNoteBytes: number;
  readonly attachmentBytes: number;
  /** Files of one message. */
  readonly attachmentCount: number;
}

export interface TransportAbilities {
  readonly edit: boolean;
  readonly remove: boolean;
  readonly attachments: boolean;
  readonly notes: boolean;
  readonly roomNotes: boolean;
}

export interface OutgoingPayload {
  readonly payload: string;
  readonly files: readonly OutgoingFile[];
}

export interface OutgoingFile {
  /** Random: it tells nothing of the file. */
  readonly name: string;
  readonly type: string;
  readonly content: Blob;
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The `limit` newest messages with an index below `before`, or the newest of all. */
export interface HistoryQuery {
  readonly before?: number | undefined;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HistoryPage {
  /** Oldest first. */
  readonly items: readonly Incoming[];
  readonly hasOlder: boolean;
}

/** A message as it is now: the object does not change any more. */
export interface Incoming {
  readonly ref: string;
  /** Grows with each message of the room; removed ones leave holes. */
  readonly index: number;
  readonly author: string | null;
  readonly sentAt: Date | null;
  readonly updatedAt: Date | null;
  readonly payload: string | null;
  readonly notes: Readonly<Record<string, string>>;
  readonly files: readonly IncomingFile[];
  /** What the service's own client gave. */
  readonly raw: unknown;
}

export interface IncomingFile {
  readonly name: string | null;
  readonly type: string;
  readonly size: number;
  download(options?: TransferOptions): Promise<Blob>;
}

export interface TransportMember {
  readonly ref: string;
  readonly identity: string | null;
  /** False for SMS, e-mail and the like, which cannot decrypt. */
  readonly canDecrypt: boolean;
}

export interface TransportEvents {
  readonly message?: (message: Incoming) => void;
  readonly updated?: (message: Incoming) => void;
  readonly removed?: (message: Incoming) => void;
  readonly membersChanged?: () => void;
  readonly roomNotesChanged?: () => void;
  /** Events may have been missed before it. */
  readonly reconnected?: () => void;
}
