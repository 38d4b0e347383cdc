/** What an app sees: a conversation and its messages, with Twilio's names and return values where Twilio has them. */
import type {
  EncryptedRoom,
  MemberDecision,
  Reaction,
  Reader,
  RoomAttachment,
  RoomMember,
  RoomMessage,
  RoomTitle,
  SendOptions,
  Verification,
  Warning,
} from '@sotto/chat';
import type { AddedOf, ClientLike, ConversationLike, JsonValue, MessageOf, ParticipantOf } from './twilio-types.ts';

export interface EncryptedOptions {
  /** What becomes of messages that nobody encrypted: `mark` (they show as `plaintext`) unless given. */
  readonly onPlaintext?: 'mark' | 'drop' | undefined;
  /** Asked about each member who joined since this device first saw the room. `stop` unless given. */
  readonly onUnknownMember?:
    | ((member: { readonly identity: string }) => MemberDecision | Promise<MemberDecision>)
    | undefined;
  /** How long a send of which nobody knows whether it was stored is looked into, 30 unless given. */
  readonly settleSeconds?: number | undefined;
  /** Writes the format of 2019 alone: bound to no room, without files, edits and reactions. */
  readonly unsafeLegacyFormat?: boolean | undefined;
  /** Attributes that the app gives to messages and conversations are plain for Twilio. `strip` leaves them out; `pass` unless given. */
  readonly attributes?: 'pass' | 'strip' | undefined;
  /** The client that the conversation is of: with it a lost connection is seen at once. */
  readonly client?: Pick<ClientLike, 'connectionState' | 'on' | 'off'> | undefined;
}

/** A message of the conversation. Like Twilio's, one object per message, which changes with it. */
export interface DecryptedMessage<C extends ConversationLike = ConversationLike> {
  readonly conversation: EncryptedConversation<C>;
  readonly sid: string;
  readonly index: number;
  /** As Twilio says. Who wrote it is in `verification`. */
  readonly author: string | null;
  /** The decrypted text; null if there is none, or none that can be trusted. */
  readonly body: string | null;
  readonly text: string | null;
  readonly type: 'text' | 'media';
  /** As the app gave them: plain, and changed by whoever may. */
  readonly attributes: JsonValue;
  readonly dateCreated: Date | null;
  readonly dateUpdated: Date | null;
  readonly participantSid: string | null;
  readonly lastUpdatedBy: string | null;
  readonly attachedMedia: readonly DecryptedMedia[];

  /** Inside the envelope. */
  readonly id: string | undefined;
  readonly verification: Verification;
  readonly warnings: readonly Warning[];
  readonly edited: boolean;
  readonly revision: number;
  readonly attachments: readonly RoomAttachment[];
  readonly replyTo: { readonly id: string; readonly index: number } | undefined;
  readonly reactions: readonly Reaction[];
  readonly readers: readonly Reader[];
  readonly extraReaders: readonly Reader[];
  readonly leftOut: readonly string[];
  readonly expiresAt: Date | undefined;
  readonly isRemoved: boolean;
  readonly raw: MessageOf<C>;

  edit(text: string, options?: Pick<SendOptions, 'leaveOut'>): Promise<void>;
  updateBody(text: string): Promise<DecryptedMessage<C>>;
  remove(): Promise<DecryptedMessage<C>>;
  react(emoji: string): Promise<void>;
  unreact(emoji: string): Promise<void>;
  retry(): Promise<void>;
  /** Plain; what is kept beside them stays. @throws `chat/not-supported` under `attributes: 'strip'` */
  updateAttributes(attributes: JsonValue): Promise<DecryptedMessage<C>>;
}

/** A file of a message, as existing code reads Twilio's. `attachments` of the message has more. */
export interface DecryptedMedia {
  readonly filename: string;
  readonly contentType: string;
  /** Bytes, decrypted. */
  readonly size: number;
  readonly category: 'media';
  /** Downloads, decrypts and verifies, then gives an address within this page or program. Revoke it after use. */
  getContentTemporaryUrl(): Promise<string>;
}

/** As Twilio's paginator. */
export interface DecryptedPage<C extends ConversationLike = ConversationLike> {
  /** Oldest first. */
  readonly items: readonly DecryptedMessage<C>[];
  readonly hasNextPage: boolean;
  readonly hasPrevPage: boolean;
  nextPage(): Promise<DecryptedPage<C>>;
  prevPage(): Promise<DecryptedPage<C>>;
}

/** A file to send: more than the SDK takes by itself. */
export type MediaInput = MediaOptions | Blob | Uint8Array;

export interface MediaOptions {
  readonly contentType: string | null;
  readonly filename?: string | undefined;
  readonly media: string | Blob | Uint8Array | ArrayBuffer | null;
}

export interface SendMessageOptions extends SendOptions {
  readonly replyTo?: { readonly id?: string | undefined; readonly index: number } | undefined;
  readonly expiresAt?: Date | undefined;
}

export interface EncryptedMessageBuilder {
  setBody(text: string): EncryptedMessageBuilder;
  addMedia(media: MediaInput | FormData): EncryptedMessageBuilder;
  /** Plain for Twilio. */
  setAttributes(attributes: JsonValue): EncryptedMessageBuilder;
  setReplyTo(message: { readonly id?: string | undefined; readonly index: number }): EncryptedMessageBuilder;
  setExpiresAt(date: Date): EncryptedMessageBuilder;
  build(): UnsentEncryptedMessage;
  buildAndSend(options?: SendOptions): Promise<number>;
}

export interface UnsentEncryptedMessage {
  /** Gives back the index. */
  send(options?: SendOptions): Promise<number>;
}

export interface ConversationEvents<C extends ConversationLike = ConversationLike> {
  messageAdded: (message: DecryptedMessage<C>) => void;
  messageUpdated: (update: MessageUpdate<C>) => void;
  messageRemoved: (message: DecryptedMessage<C>) => void;
  participantJoined: (participant: ParticipantOf<C>) => void;
  participantLeft: (participant: ParticipantOf<C>) => void;
  participantUpdated: (update: { participant: ParticipantOf<C>; updateReasons: string[] }) => void;
  typingStarted: (participant: ParticipantOf<C>) => void;
  typingEnded: (participant: ParticipantOf<C>) => void;
  updated: (update: { conversation: EncryptedConversation<C>; updateReasons: string[] }) => void;
  removed: (conversation: EncryptedConversation<C>) => void;

  /** Somebody joined whom nobody on this device accepted: sending stops until `acceptMember`. */
  memberUnknown: (member: RoomMember) => void;
  /** The key of a member was replaced: sending stops until it is accepted. */
  keyChanged: (member: RoomMember) => void;
  titleChanged: (conversation: EncryptedConversation<C>) => void;
  /** What went wrong behind the scenes. */
  trouble: (error: unknown) => void;
}

export interface MessageUpdate<C extends ConversationLike = ConversationLike> {
  message: DecryptedMessage<C>;
  /** Twilio's, or `verification` where a message is judged anew without one of those. */
  updateReasons: readonly string[];
}

export interface EncryptedConversation<C extends ConversationLike = ConversationLike> {
  /** The untouched conversation. What is sent over it is not encrypted. */
  readonly raw: C;
  readonly room: EncryptedRoom;

  readonly sid: string;
  /** Plain for Twilio, and so are `uniqueName` and `attributes`. `title()` is not. */
  readonly friendlyName: C['friendlyName'];
  readonly uniqueName: C['uniqueName'];
  readonly attributes: JsonValue;
  readonly createdBy: C['createdBy'];
  readonly dateCreated: C['dateCreated'];
  readonly dateUpdated: C['dateUpdated'];
  readonly lastMessage: C['lastMessage'];
  readonly lastReadMessageIndex: C['lastReadMessageIndex'];
  readonly state: C['state'];
  readonly status: C['status'];
  readonly notificationLevel: C['notificationLevel'];
  readonly limits: C['limits'];

  /**
   * Encrypts for all members and sends; gives back the index. `attributes` are plain.
   * @throws as `send` of the room; `twilio/media-type`, `twilio/email-options`
   */
  sendMessage(
    message: null | string | FormData | MediaInput,
    attributes?: JsonValue,
    options?: SendMessageOptions,
  ): Promise<number>;
  prepareMessage(): EncryptedMessageBuilder;
  getMessages(pageSize?: number, anchor?: number, direction?: 'backwards' | 'forward'): Promise<DecryptedPage<C>>;

  on<Name extends keyof ConversationEvents>(event: Name, listener: ConversationEvents<C>[Name]): this;
  once<Name extends keyof ConversationEvents>(event: Name, listener: ConversationEvents<C>[Name]): this;
  off<Name extends keyof ConversationEvents>(event: Name, listener: ConversationEvents<C>[Name]): this;
  removeAllListeners(event?: keyof ConversationEvents): this;

  getParticipants(): Promise<ParticipantOf<C>[]>;
  /** Adds somebody, who gets what is sent from then on. @throws what Twilio rejects with */
  addParticipant(identity: string, attributes?: JsonValue): Promise<AddedOf<C>>;
  add(identity: string, attributes?: JsonValue): Promise<AddedOf<C>>;
  removeParticipant(participant: string | ParticipantOf<C>): Promise<void>;
  members(): Promise<readonly RoomMember[]>;
  acceptMember(identity: string): Promise<void>;
  join(): Promise<EncryptedConversation<C>>;
  leave(): Promise<EncryptedConversation<C>>;
  typing(): Promise<void>;

  title(): Promise<RoomTitle | undefined>;
  setTitle(text: string): Promise<void>;
  /** Plain; what is kept beside them stays. @throws `chat/not-supported` under `attributes: 'strip'` */
  updateAttributes(attributes: JsonValue): Promise<EncryptedConversation<C>>;

  updateLastReadMessageIndex(index: number | null): Promise<number>;
  advanceLastReadMessageIndex(index: number): Promise<number>;
  setAllMessagesRead(): Promise<number>;
  setAllMessagesUnread(): Promise<number>;
  getUnreadMessagesCount(): Promise<number | null>;
  getMessagesCount(): Promise<number>;
  getParticipantsCount(): Promise<number>;

  /** Stops listening. The conversation itself stays as it is. */
  close(): Promise<void>;
}

/** How a message of the room is shown by the handle. */
export type ShowMessage<C extends ConversationLike> = (message: RoomMessage) => DecryptedMessage<C>;
