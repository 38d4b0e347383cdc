/**
 * What this package uses of Twilio's JavaScript SDK, as structural types: the classes of `@twilio/conversations` 2.7 and 3.0 fit
 * without a cast, and neither is a dependency. Methods are in method syntax, whose parameters are compared both ways.
 */
export type JsonValue = null | string | number | boolean | JsonObject | JsonValue[];
export interface JsonObject {
  [name: string]: JsonValue;
}

/** A promise of the SDK that can be given up. It then rejects; what was sent may have arrived. */
export interface CancellableLike<T> extends Promise<T> {
  cancel(): unknown;
}

// Listeners of events have different parameters each, and no type but `any` takes them all.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyListener = (...values: any[]) => void;

export interface EmitterLike {
  on(event: string, listener: AnyListener): unknown;
  off(event: string, listener: AnyListener): unknown;
}

export interface MediaLike {
  readonly sid: string;
  readonly filename: string | null;
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  getContentTemporaryUrl(): Promise<string | null>;
}

export interface MessageLike {
  readonly sid: string;
  readonly index: number;
  readonly author: string | null;
  readonly body: string | null;
  readonly subject: string | null;
  readonly type: string;
  readonly attributes: JsonValue;
  readonly dateCreated: Date | null;
  readonly dateUpdated: Date | null;
  readonly lastUpdatedBy: string | null;
  readonly participantSid: string | null;
  readonly attachedMedia: MediaLike[] | null;
  updateBody(body: string): Promise<unknown>;
  updateAttributes(attributes: JsonValue): Promise<unknown>;
  remove(): Promise<unknown>;
}

export interface ParticipantLike {
  readonly sid: string;
  readonly identity: string | null;
  /** `chat`, or a channel that cannot decrypt: `sms`, `whatsapp`, `email` and what is to come. */
  readonly type: string;
  readonly lastReadMessageIndex: number | null;
}

export interface PageLike<T> {
  readonly items: T[];
  readonly hasNextPage: boolean;
  readonly hasPrevPage: boolean;
  nextPage(): Promise<PageLike<T>>;
  prevPage(): Promise<PageLike<T>>;
}

export interface MediaOptionsLike {
  contentType: string | null;
  filename?: string;
  // A Buffer on Node and a Blob in a browser; the SDK takes no other bytes.
  media: null | string | Blob | Buffer;
}

export interface BuilderLike {
  setBody(body: string): BuilderLike;
  setAttributes(attributes: JsonValue): BuilderLike;
  addMedia(media: MediaOptionsLike): BuilderLike;
  build(): { send(): CancellableLike<number | null> };
}

export interface LimitsLike {
  readonly mediaAttachmentsCountLimit: number;
  readonly mediaAttachmentSizeLimitInMb: number;
  readonly mediaAttachmentsTotalSizeLimitInMb: number;
}

export interface ConversationLike extends EmitterLike {
  readonly sid: string;
  readonly friendlyName: string | null;
  readonly uniqueName: string | null;
  readonly attributes: JsonValue;
  readonly createdBy: string;
  readonly dateCreated: Date | null;
  readonly dateUpdated: Date | null;
  readonly lastMessage: { readonly index?: number; readonly dateCreated?: Date } | undefined;
  readonly lastReadMessageIndex: number | null;
  readonly state: { readonly current: string; readonly dateUpdated: Date } | undefined;
  readonly status: string;
  readonly notificationLevel: string;
  readonly limits: LimitsLike;

  prepareMessage(): BuilderLike;
  getMessages(pageSize?: number, anchor?: number, direction?: 'backwards' | 'forward'): Promise<PageLike<MessageLike>>;
  getParticipants(): Promise<ParticipantLike[]>;
  getAttributes(): Promise<JsonValue>;
  updateAttributes(attributes: JsonValue): Promise<unknown>;

  add(identity: string, attributes?: JsonValue): Promise<unknown>;
  removeParticipant(participant: string | ParticipantLike): Promise<void>;
  join(): Promise<unknown>;
  leave(): Promise<unknown>;
  typing(): Promise<void>;
  updateLastReadMessageIndex(index: number | null): Promise<number>;
  advanceLastReadMessageIndex(index: number): Promise<number>;
  setAllMessagesRead(): Promise<number>;
  setAllMessagesUnread(): Promise<number>;
  getUnreadMessagesCount(): Promise<number | null>;
  getMessagesCount(): Promise<number>;
  getParticipantsCount(): Promise<number>;
}

export interface CreateConversationLike {
  friendlyName?: string;
  uniqueName?: string;
  attributes?: JsonValue;
}

export interface ClientLike extends EmitterLike {
  readonly connectionState: string;
  getConversationBySid(sid: string): Promise<ConversationLike>;
  getConversationByUniqueName(uniqueName: string): Promise<ConversationLike>;
  peekConversationBySid(sid: string): Promise<ConversationLike>;
  getSubscribedConversations(): Promise<PageLike<ConversationLike>>;
  createConversation(options?: CreateConversationLike): Promise<ConversationLike>;
  updateToken(token: string): Promise<unknown>;
  shutdown(): Promise<void>;
}

/** The app's own classes, seen through what it passed in. */
export type ConversationOf<C extends ClientLike> = Awaited<ReturnType<C['getConversationBySid']>>;
export type MessageOf<C extends ConversationLike> = Awaited<ReturnType<C['getMessages']>>['items'][number];
export type ParticipantOf<C extends ConversationLike> = Awaited<ReturnType<C['getParticipants']>>[number];
export type AddedOf<C extends ConversationLike> = Awaited<ReturnType<C['add']>>;
