/** `Room` over one encrypted Twilio conversation: who is in it, who types, who has read how far. All of that is plain for Twilio. */
import type { EncryptedConversation } from '@sotto/chat-twilio';
import type { Conversation, Message, Participant as TwilioParticipant } from '@twilio/conversations';
import type { Room, RoomFacts } from '../../state/chat-service.ts';
import { createRefresher } from '../../state/refresher.ts';
import { createStore } from '../../state/store.ts';

export type TwilioHandle = EncryptedConversation<Conversation>;

/** Twilio tells that somebody types for about five seconds at a time. */
const TYPING_EVERY_MS = 4000;

export function createTwilioRoom(handle: TwilioHandle, self: string): Room & { close(): void } {
  const { raw } = handle;
  const facts = createStore<RoomFacts>({
    createdBy: raw.createdBy,
    createdAt: raw.dateCreated,
    lastActivityAt: raw.lastMessage?.dateCreated ?? raw.dateCreated,
    unreadCount: 0,
    readIndex: raw.lastReadMessageIndex ?? undefined,
    participants: [],
    typing: [],
  });
  const change = (fields: Partial<RoomFacts>): void => facts.update((known) => ({ ...known, ...fields }));

  /** What fails here for want of a connection comes with the next event. */
  const listParticipants = createRefresher(async () => {
    const participants = await raw.getParticipants();
    change({
      participants: participants.map(({ sid, identity, lastReadMessageIndex }) => ({
        ref: sid,
        identity,
        readIndex: lastReadMessageIndex ?? undefined,
      })),
    });
  });
  const countUnread = createRefresher(async () => {
    const unread = (await raw.getUnreadMessagesCount()) ?? (await raw.getMessagesCount());
    change({
      unreadCount: unread,
      readIndex: raw.lastReadMessageIndex ?? undefined,
      lastActivityAt: raw.lastMessage?.dateCreated ?? raw.dateCreated,
    });
  });
  const setTyping = ({ identity }: TwilioParticipant, isTyping: boolean): void => {
    if (identity === null) return;
    const others = facts.get().typing.filter((name) => name !== identity);
    change({ typing: isTyping ? [...others, identity] : others });
  };

  const onPeople = (): void => void listParticipants().catch(() => undefined);
  const onMessages = (): void => void countUnread().catch(() => undefined);
  // Counted here, since the SDK answers the question for a while with what it was told before.
  const onMessageAdded = ({ author, dateCreated }: Message): void => {
    const { unreadCount, lastActivityAt } = facts.get();
    change({
      unreadCount: author === self ? unreadCount : unreadCount + 1,
      lastActivityAt: dateCreated ?? lastActivityAt,
    });
  };
  const onUpdated = ({ updateReasons }: { updateReasons: readonly string[] }): void => {
    if (updateReasons.includes('lastReadMessageIndex')) onMessages();
  };
  const onTypingStarted = (participant: TwilioParticipant): void => setTyping(participant, true);
  const onTypingEnded = (participant: TwilioParticipant): void => setTyping(participant, false);
  raw.on('participantJoined', onPeople);
  raw.on('participantLeft', onPeople);
  raw.on('participantUpdated', onPeople);
  raw.on('messageAdded', onMessageAdded);
  raw.on('messageRemoved', onMessages);
  raw.on('updated', onUpdated);
  raw.on('typingStarted', onTypingStarted);
  raw.on('typingEnded', onTypingEnded);
  onPeople();
  onMessages();

  let typedAt = 0;
  return {
    id: handle.sid,
    encrypted: handle.room,
    facts,
    async markRead(index) {
      if (index <= (raw.lastReadMessageIndex ?? -1)) return;
      change({ unreadCount: 0, readIndex: index });
      await raw.advanceLastReadMessageIndex(index);
    },
    async sayTyping() {
      if (Date.now() - typedAt < TYPING_EVERY_MS) return;
      typedAt = Date.now();
      await raw.typing();
    },
    async addMember(identity) {
      await handle.addParticipant(identity);
    },
    removeMember: (ref) => handle.removeParticipant(ref),
    async leave() {
      await handle.leave();
    },
    close() {
      raw.off('participantJoined', onPeople);
      raw.off('participantLeft', onPeople);
      raw.off('participantUpdated', onPeople);
      raw.off('messageAdded', onMessageAdded);
      raw.off('messageRemoved', onMessages);
      raw.off('updated', onUpdated);
      raw.off('typingStarted', onTypingStarted);
      raw.off('typingEnded', onTypingEnded);
    },
  };
}
