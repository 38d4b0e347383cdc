/** The handle over one of Twilio's conversations. It owns a room and listeners; each method is a line to either of them, or to Twilio. */
import { type EncryptedRoom, type RoomMember, type RoomMessage, type RoomTitle, type SendOptions } from '@sotto/chat';
import { forwardEvents } from './conversation-events.ts';
import { createEmitter } from './emitter.ts';
import type {
  ConversationEvents,
  DecryptedMessage,
  DecryptedPage,
  EncryptedConversation,
  EncryptedMessageBuilder,
  MediaInput,
  SendMessageOptions,
} from './encrypted-types.ts';
import { chatTwilioError } from './errors.ts';
import type { Listening } from './listening.ts';
import { toAttachments } from './media-input.ts';
import { type ComposedMessage, createMessageBuilder } from './message-builder.ts';
import { readMessagePage } from './message-pages.ts';
import { createMessageView, type MessageView, refuseAttributes } from './message-view.ts';
import { withNotesOf, withoutNotes } from './notes.ts';
import { awaitRoster } from './roster.ts';
import type { AddedOf, ConversationLike, JsonValue, ParticipantOf } from './twilio-types.ts';

export interface HandleParts<C extends ConversationLike> {
  readonly raw: C;
  readonly room: EncryptedRoom;
  readonly listening: Listening;
  /** Whether attributes of the app go to Twilio. */
  readonly mayWriteAttributes: boolean;
}

const DEFAULT_PAGE_SIZE = 30;

export class EncryptedHandle<C extends ConversationLike> implements EncryptedConversation<C> {
  readonly raw: C;
  readonly room: EncryptedRoom;
  readonly #listening: Listening;
  readonly #mayWriteAttributes: boolean;
  readonly #emitter = createEmitter<ConversationEvents<C>>();
  readonly #views = new Map<string, MessageView<C>>();
  readonly #adding = new Set<string>();
  readonly #stopForwarding: () => void;
  #lastSend: Promise<unknown> = Promise.resolve();

  constructor({ raw, room, listening, mayWriteAttributes }: HandleParts<C>) {
    this.raw = raw;
    this.room = room;
    this.#listening = listening;
    this.#mayWriteAttributes = mayWriteAttributes;
    listening.onOtherUpdate = (sid) => this.#passOtherUpdate(sid);
    this.#stopForwarding = forwardEvents({
      conversation: this,
      raw,
      room,
      emitter: this.#emitter,
      show: (message) => this.#show(message),
      reasons: listening.reasons,
      isAdding: (identity) => this.#adding.has(identity),
    });
  }

  get sid(): string {
    return this.raw.sid;
  }
  get friendlyName(): C['friendlyName'] {
    return this.raw.friendlyName;
  }
  get uniqueName(): C['uniqueName'] {
    return this.raw.uniqueName;
  }
  get attributes(): JsonValue {
    return withoutNotes(this.raw.attributes);
  }
  get createdBy(): C['createdBy'] {
    return this.raw.createdBy;
  }
  get dateCreated(): C['dateCreated'] {
    return this.raw.dateCreated;
  }
  get dateUpdated(): C['dateUpdated'] {
    return this.raw.dateUpdated;
  }
  get lastMessage(): C['lastMessage'] {
    return this.raw.lastMessage;
  }
  get lastReadMessageIndex(): C['lastReadMessageIndex'] {
    return this.raw.lastReadMessageIndex;
  }
  get state(): C['state'] {
    return this.raw.state;
  }
  get status(): C['status'] {
    return this.raw.status;
  }
  get notificationLevel(): C['notificationLevel'] {
    return this.raw.notificationLevel;
  }
  get limits(): C['limits'] {
    return this.raw.limits;
  }

  async sendMessage(
    message: null | string | FormData | MediaInput,
    attributes?: JsonValue,
    options: SendMessageOptions = {},
  ): Promise<number> {
    if ('subject' in options) throw chatTwilioError('twilio/email-options');
    const { replyTo, expiresAt, ...sendOptions } = options;
    const content =
      typeof message === 'string' || message === null ? { text: message ?? '' } : { files: toAttachments(message) };
    return this.#send({ content: { ...content, replyTo, expiresAt }, attributes }, sendOptions);
  }
  prepareMessage(): EncryptedMessageBuilder {
    return createMessageBuilder((message, options) => this.#send(message, options));
  }
  getMessages(
    pageSize = DEFAULT_PAGE_SIZE,
    anchor?: number,
    direction: 'backwards' | 'forward' = 'backwards',
  ): Promise<DecryptedPage<C>> {
    const source = { raw: this.raw, room: this.room, show: (message: RoomMessage) => this.#show(message) };
    return readMessagePage(source, { pageSize, anchor, direction });
  }

  on<Name extends keyof ConversationEvents>(event: Name, listener: ConversationEvents<C>[Name]): this {
    this.#emitter.on(event, listener);
    return this;
  }
  once<Name extends keyof ConversationEvents>(event: Name, listener: ConversationEvents<C>[Name]): this {
    this.#emitter.once(event, listener);
    return this;
  }
  off<Name extends keyof ConversationEvents>(event: Name, listener: ConversationEvents<C>[Name]): this {
    this.#emitter.off(event, listener);
    return this;
  }
  removeAllListeners(event?: keyof ConversationEvents): this {
    this.#emitter.removeAllListeners(event);
    return this;
  }

  getParticipants(): Promise<ParticipantOf<C>[]> {
    return this.raw.getParticipants();
  }
  async add(identity: string, attributes?: JsonValue): Promise<AddedOf<C>> {
    // Who is here already is known before anybody else is accepted.
    await this.room.members();
    this.#adding.add(identity);
    try {
      const added = (await this.raw.add(identity, this.#passed(attributes))) as AddedOf<C>;
      // After Twilio has taken it: who is accepted and no member could be added by others later, unasked.
      await this.room.acceptMember(identity);
      // What is sent next is for the new participant, too.
      await awaitRoster(this.raw, (all) => all.some((one) => one.identity === identity));
      return added;
    } finally {
      this.#adding.delete(identity);
    }
  }
  addParticipant(identity: string, attributes?: JsonValue): Promise<AddedOf<C>> {
    return this.add(identity, attributes);
  }
  async removeParticipant(participant: string | ParticipantOf<C>): Promise<void> {
    await this.raw.removeParticipant(participant);
    // What is sent next is not for that participant any more.
    const name = typeof participant === 'string' ? participant : participant.sid;
    await awaitRoster(this.raw, (all) => all.every(({ sid, identity }) => name !== sid && name !== identity));
  }
  members(): Promise<readonly RoomMember[]> {
    return this.room.members();
  }
  acceptMember(identity: string): Promise<void> {
    return this.room.acceptMember(identity);
  }
  async join(): Promise<EncryptedConversation<C>> {
    await this.raw.join();
    return this;
  }
  async leave(): Promise<EncryptedConversation<C>> {
    await this.raw.leave();
    return this;
  }
  typing(): Promise<void> {
    return this.raw.typing();
  }

  title(): Promise<RoomTitle | undefined> {
    return this.room.title();
  }
  setTitle(text: string): Promise<void> {
    return this.room.setTitle(text);
  }
  async updateAttributes(attributes: JsonValue): Promise<EncryptedConversation<C>> {
    if (!this.#mayWriteAttributes) refuseAttributes();
    await this.raw.updateAttributes(withNotesOf(attributes, this.raw.attributes));
    return this;
  }

  updateLastReadMessageIndex(index: number | null): Promise<number> {
    return this.raw.updateLastReadMessageIndex(index);
  }
  advanceLastReadMessageIndex(index: number): Promise<number> {
    return this.raw.advanceLastReadMessageIndex(index);
  }
  setAllMessagesRead(): Promise<number> {
    return this.raw.setAllMessagesRead();
  }
  setAllMessagesUnread(): Promise<number> {
    return this.raw.setAllMessagesUnread();
  }
  getUnreadMessagesCount(): Promise<number | null> {
    return this.raw.getUnreadMessagesCount();
  }
  getMessagesCount(): Promise<number> {
    return this.raw.getMessagesCount();
  }
  getParticipantsCount(): Promise<number> {
    return this.raw.getParticipantsCount();
  }

  async close(): Promise<void> {
    this.#stopForwarding();
    await this.room.close();
    this.#listening.release();
  }

  /** One after the other, as the room does it, so that attributes go with their own message. */
  #send({ content, attributes }: ComposedMessage, options: SendOptions | undefined): Promise<number> {
    const sending = this.#lastSend.then(async () => {
      this.#listening.attributesOfNext = this.#passed(attributes);
      const { index } = await this.room.send(content, options);
      return index;
    });
    this.#lastSend = sending.catch(() => undefined);
    return sending;
  }

  #passed(attributes: JsonValue | undefined): JsonValue | undefined {
    return this.#mayWriteAttributes ? attributes : undefined;
  }

  #show(copy: RoomMessage): DecryptedMessage<C> {
    const options = { mayWriteAttributes: this.#mayWriteAttributes };
    const view = this.#views.get(copy.ref) ?? createMessageView<C>(this, copy, options);
    view.show(copy);
    if (copy.isRemoved) this.#views.delete(copy.ref);
    else this.#views.set(copy.ref, view);
    return view.message;
  }

  #passOtherUpdate(sid: string): void {
    const updateReasons = this.#listening.reasons.take(sid);
    const message = this.#views.get(sid)?.message;
    if (message !== undefined) this.#emitter.emit('messageUpdated', { message, updateReasons });
  }
}
