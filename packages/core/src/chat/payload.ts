/**
 * What is inside the envelope of a chat message: the text, and all that binds it to its room, its readers and its place, so that a service
 * that replays, moves, edits or forwards it is found out. JSON with sorted names. Source: docs/spec/chat.md §2 and §3.
 */

export type ChatPayload = MessagePayload | EditPayload | ReactionPayload | TitlePayload;

export interface PayloadHead {
  readonly room: string;
  readonly sender: string;
  /** 8 bytes, base64url: of the sender's device. */
  readonly device: string;
  /** 16 random bytes, base64url. */
  readonly id: string;
}

/** Who reads: keys as the envelope lists them, or the group that encrypts. */
export type Audience =
  | { readonly to: readonly string[]; readonly group?: undefined }
  | { readonly group: GroupAudience; readonly to?: undefined };

export interface GroupAudience {
  /** Session id, 32 bytes, base64url. */
  readonly session: string;
  /** Session id of the group that this one replaces. */
  readonly after?: string | undefined;
}

/** The place in the chain of everything that this device sent to this room. */
export interface ChainPlace {
  /** 1, 2, 3 … for messages and edits alike. */
  readonly n: number;
  /** `payloadDigest` of the payload before, null for the first. */
  readonly prev: string | null;
}

export interface MessageContent {
  /** Null for a message of files alone. */
  readonly text: string | null;
  readonly attachments?: readonly AttachmentEntry[] | undefined;
  readonly replyTo?: { readonly id: string; readonly index: number } | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  /** 16 random bytes, base64url: what reactions are encrypted under. */
  readonly secret: string;
  /** Standing extra readers of the sender. */
  readonly extra?: readonly { readonly identity: string; readonly keyId: string }[] | undefined;
  /** Members whom the sender left out, sorted. */
  readonly leftOut?: readonly string[] | undefined;
}

export interface AttachmentEntry {
  readonly name: string;
  readonly type: string;
  /** Bytes, decrypted. */
  readonly size: number;
  /** Of the file, base64url. */
  readonly key: string;
  /** Of the ciphertext, base64url. */
  readonly sha256: string;
  /** 16 random bytes, base64url: the name of the ciphertext beside the message. */
  readonly file: string;
  /** Pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export type MessagePayload = PayloadHead &
  Audience &
  ChainPlace &
  MessageContent & {
    readonly kind: 'message';
    /** 1, 2, 3 … for the messages of this device in this room, edits not counted. */
    readonly m: number;
  };

/** The whole new content of a message, in the chain of the device that edits. */
export type EditPayload = PayloadHead &
  Audience &
  ChainPlace &
  MessageContent & {
    readonly kind: 'edit';
    /** The message as it was sent first. */
    readonly of: { readonly id: string; readonly device: string; readonly m: number };
    /** 1 for the first edit. */
    readonly revision: number;
  };

/** All reactions of one user to one message: which one, and whose, say the key and the signature (docs/spec/chat.md §5). */
export interface ReactionPayload {
  readonly kind: 'reaction';
  readonly emoji: readonly string[];
  readonly revision: number;
}

export type TitlePayload = PayloadHead &
  Audience & { readonly kind: 'title'; readonly text: string; readonly revision: number };

/** Bytes of a payload. */
export const MAX_PAYLOAD_LENGTH = 4 * 1024 * 1024;
export const MAX_EMOJI_BYTES = 64;
