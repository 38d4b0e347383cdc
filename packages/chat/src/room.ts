/** What an app sees of an encrypted room: the handle, its messages, and how each was verified. `open-room.ts` makes it. */
import type { ChatSession, ChatUser, FileOptions } from './session.ts';
import type { RoomTransport } from './transport.ts';

export interface RoomOptions {
  readonly transport: RoomTransport;
  readonly user: ChatUser;
  /** What becomes of messages that nobody encrypted: shown as `plaintext`, or not at all. `mark` unless given. */
  readonly onPlaintext?: 'mark' | 'drop' | undefined;
  /** Asked about each member who joined since this device first saw the room. `stop` unless given: sending throws `chat/unknown-member`. */
  readonly onUnknownMember?:
    | ((member: { readonly identity: string }) => MemberDecision | Promise<MemberDecision>)
    | undefined;
  /** How long a send of which nobody knows whether it was stored is looked into, 30 unless given. */
  readonly settleSeconds?: number | undefined;
  /** Writes the format of 2019 alone, which official clients of that time read: bound to no room, without files, edits and reactions. */
  readonly unsafeLegacyFormat?: boolean | undefined;
}

export type MemberDecision = 'include' | 'leave-out' | 'stop';

/** An encrypted conversation of one user. Close it when it is not shown any more. */
export interface EncryptedRoom {
  /** Id of the conversation, as the transport has it. */
  readonly room: string;
  readonly transport: RoomTransport;
  readonly session: ChatSession;

  /**
   * Encrypts for all members and sends.
   * @throws before anything is sent: `chat/member-cannot-decrypt`, `chat/member-without-card`, `chat/key-not-accepted`, `chat/unknown-member`,
   *   `chat/member-key-unusable` (each with `details.members`), `chat/empty-message`, `chat/too-long`, `chat/too-many-files`,
   *   `chat/file-too-large`, `chat/bad-expiry`, `chat/not-supported`; then `chat/send-refused`, `chat/send-doubtful` (with `details.id`)
   */
  send(content: string | OutgoingMessage, options?: SendOptions): Promise<SentMessage>;
  /** The newest messages below index `before`, decrypted, oldest first. */
  messages(query?: { readonly before?: number | undefined; readonly limit?: number | undefined }): Promise<RoomPage>;
  /** Calls back in the order of the room. Gives back how to stop. */
  on<Name extends keyof RoomEvents>(event: Name, listener: RoomEvents[Name]): () => void;

  members(): Promise<readonly RoomMember[]>;
  /** From now on this member gets what is sent. */
  acceptMember(identity: string): Promise<void>;

  /** The encrypted title; undefined where there is none. */
  title(): Promise<RoomTitle | undefined>;
  /** Encrypted for the present members. @throws as `send` */
  setTitle(text: string, options?: Pick<SendOptions, 'leaveOut'>): Promise<void>;

  /** Stops listening, and resolves when what was begun has ended. */
  close(): Promise<void>;
}

export interface OutgoingMessage {
  readonly text?: string | undefined;
  readonly files?: readonly OutgoingAttachment[] | undefined;
  readonly replyTo?: { readonly id?: string | undefined; readonly index: number } | undefined;
  /** After it nobody's client shows the text. */
  readonly expiresAt?: Date | undefined;
}

export interface OutgoingAttachment {
  /** Paths before it are cut off. */
  readonly name: string;
  readonly type: string;
  readonly content: Blob | Uint8Array;
  /** Pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface SendOptions {
  /** Members who do not get it. Readers are told. */
  readonly leaveOut?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the files of the message. */
  readonly onProgress?: ((progress: SendProgress) => void) | undefined;
}

/** Bytes. */
export interface SendProgress {
  readonly phase: 'encrypting' | 'uploading';
  readonly done: number;
  readonly total: number;
}

export interface SentMessage {
  /** Inside the envelope; undefined in the format of 2019. */
  readonly id: string | undefined;
  readonly index: number;
}

export interface RoomPage {
  /** Oldest first. */
  readonly items: readonly RoomMessage[];
  readonly hasOlder: boolean;
  /** The page before this one; an empty one at the beginning. */
  older(): Promise<RoomPage>;
}

export interface RoomEvents {
  /** A message that was not there before. */
  readonly message: (message: RoomMessage) => void;
  /** Edited, reacted to, expired, tried again, or judged anew. */
  readonly updated: (message: RoomMessage) => void;
  readonly removed: (message: RoomMessage) => void;
  readonly membersChanged: () => void;
  readonly titleChanged: () => void;
  /** What went wrong behind the scenes, such as a store that cannot be written. */
  readonly trouble: (error: unknown) => void;
}

/** A message as it was when it was handed out. It never throws: `verification` says what is the matter with it. */
export interface RoomMessage {
  /** The transport's name of the message, and its place in the room. */
  readonly ref: string;
  readonly index: number;
  /** Id inside the envelope; undefined unless `verified` or `expired`. */
  readonly id: string | undefined;
  readonly author: string | null;
  readonly sentAt: Date | null;
  /** Null unless `verified`, `unbound` or `plaintext`, or if the message has files alone. */
  readonly text: string | null;
  readonly edited: boolean;
  /** 0 as sent, then 1, 2, 3 with each edit. */
  readonly revision: number;
  readonly attachments: readonly RoomAttachment[];
  readonly replyTo?: { readonly id: string; readonly index: number } | undefined;
  readonly reactions: readonly Reaction[];
  /** Who can read it, the author included. */
  readonly readers: readonly Reader[];
  /** Standing extra readers of the author, such as a compliance officer: as the author names them. */
  readonly extraReaders: readonly Reader[];
  /** Members who did not get it, by the author's choice. */
  readonly leftOut: readonly string[];
  readonly expiresAt?: Date | undefined;
  readonly verification: Verification;
  readonly warnings: readonly Warning[];
  readonly isRemoved: boolean;
  /** What the transport's own client gave. */
  readonly raw: unknown;

  /** @throws `chat/cannot-edit`, and as `send` */
  edit(text: string, options?: Pick<SendOptions, 'leaveOut'>): Promise<void>;
  /** For all members, as far as the transport lets this user. */
  remove(): Promise<void>;
  /** @throws `chat/cannot-react`, `chat/bad-emoji`, `chat/send-refused` */
  react(emoji: string): Promise<void>;
  unreact(emoji: string): Promise<void>;
  /** Tries once more to open what failed. */
  retry(): Promise<void>;
}

export type Verification =
  | {
      readonly state: 'verified';
      readonly sender: string;
      /** Of the sender: 8 bytes, base64url. */
      readonly device: string;
      /** The sender's key was compared by safety words or QR. */
      readonly senderVerified: boolean;
      /** Signed by a former key, which the present one of the sender replaced with its consent. */
      readonly keyChanged?: 'rotated' | undefined;
    }
  /** A plain envelope of `EThree`: signed, but bound to no room. */
  | { readonly state: 'unbound'; readonly sender: string; readonly isSignatureInClear: boolean }
  | { readonly state: 'plaintext' }
  | { readonly state: 'expired'; readonly sender: string }
  /** By the service or a member: nobody can tell. */
  | { readonly state: 'removed' }
  | { readonly state: 'failed'; readonly reason: FailureReason };

export type FailureReason =
  | 'unknown-key'
  | 'key-not-accepted'
  | 'bad-signature'
  | 'author-mismatch'
  | 'other-room'
  | 'replayed'
  | 'edited-by-other'
  | 'rolled-back'
  | 'readers-mismatch'
  | 'not-for-this-device'
  | 'undecryptable'
  | 'unsupported-version'
  | 'media-missing'
  | 'media-swapped'
  | 'malformed'
  /** The service or the transport cannot be reached now: `retry()`. */
  | 'unavailable';

export type Warning =
  /** So many messages of this sender's device are missing before this one: removed, or held back. */
  | { readonly code: 'chat/gap'; readonly missing: number }
  /** The sender wrote it before one that stands above it. */
  | { readonly code: 'chat/reordered' }
  /** The sender's device has two histories: its data was copied, or restored from a backup. */
  | { readonly code: 'chat/forked' }
  /** Keys, or members of the group, that belong to nobody who was seen in the room. */
  | { readonly code: 'chat/unknown-reader'; readonly keyIds: readonly string[]; readonly identities: readonly string[] }
  | { readonly code: 'chat/left-out'; readonly identities: readonly string[] };

export interface Reader {
  /** Undefined for a key that belongs to nobody who was seen in the room. */
  readonly identity: string | undefined;
  /** Base64url; undefined where a group reads. */
  readonly keyId: string | undefined;
}

export interface Reaction {
  readonly emoji: string;
  readonly by: readonly string[];
}

/** A file of a message. Nothing is downloaded before it is asked for. */
export interface RoomAttachment {
  /** Without a path. */
  readonly name: string;
  /** As the sender says: a media type. */
  readonly type: string;
  /** Bytes, decrypted, as the sender says. */
  readonly size: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Each downloads, decrypts and verifies. @throws `chat/media-missing`, `chat/media-swapped`, and as `ChatSession.openFile` */
  bytes(options?: FileOptions): Promise<Uint8Array>;
  blob(options?: FileOptions): Promise<Blob>;
  /** Begins when the whole file was verified. */
  stream(options?: FileOptions): ReadableStream<Uint8Array>;
  /** For `<img>` and links; revoke it when it is not shown any more. */
  objectURL(options?: FileOptions): Promise<string>;
}

export interface RoomMember {
  readonly ref: string;
  readonly identity: string | null;
  /** Why sending would stop at this member; `ready` if it would not. `unavailable`: cannot be looked up now, and was never seen here. */
  readonly state: 'ready' | 'cannot-decrypt' | 'without-card' | 'key-not-accepted' | 'unknown' | 'unavailable';
  readonly isVerified: boolean;
}

export interface RoomTitle {
  /** Null unless `verified`. */
  readonly text: string | null;
  /** As the note says; null where it is none. */
  readonly author: string | null;
  readonly verification: Verification;
}
