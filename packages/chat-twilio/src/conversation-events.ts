/** Where the events of a handle come from: messages out of the room, decrypted and in order; the rest from Twilio as it is. */
import type { EncryptedRoom, RoomMember, RoomMessage } from '@sotto/chat';
import type { Emitter } from './emitter.ts';
import type { ConversationEvents, EncryptedConversation, ShowMessage } from './encrypted-types.ts';
import type { AnyListener, ConversationLike, ParticipantOf } from './twilio-types.ts';

export interface EventSources<C extends ConversationLike> {
  readonly conversation: EncryptedConversation<C>;
  readonly raw: C;
  readonly room: EncryptedRoom;
  readonly emitter: Emitter<ConversationEvents<C>>;
  readonly show: ShowMessage<C>;
  readonly reasons: UpdateReasons;
  /** Whether this handle is about to let somebody in. */
  readonly isAdding: (identity: string) => boolean;
}

/** Why Twilio says that messages were updated, until the room has judged them. */
export interface UpdateReasons {
  note(sid: string, reasons: readonly string[]): void;
  take(sid: string): readonly string[];
}

export function createUpdateReasons(): UpdateReasons {
  const reasonsBySid = new Map<string, readonly string[]>();
  return {
    note(sid, reasons) {
      reasonsBySid.set(sid, [...new Set([...(reasonsBySid.get(sid) ?? []), ...reasons])]);
    },
    take(sid) {
      const reasons = reasonsBySid.get(sid) ?? ['verification'];
      reasonsBySid.delete(sid);
      return reasons;
    },
  };
}

/** Gives back how to stop. */
export function forwardEvents<C extends ConversationLike>(sources: EventSources<C>): () => void {
  const stops = [...forwardRoom(sources), forwardRaw(sources)];
  return () => stops.forEach((stop) => stop());
}

function forwardRoom<C extends ConversationLike>(sources: EventSources<C>): (() => void)[] {
  const { room, emitter, conversation, show, reasons } = sources;
  const members = createMemberWatch(sources);
  return [
    room.on('message', (message) => emitter.emit('messageAdded', show(message))),
    room.on('updated', (message: RoomMessage) => {
      emitter.emit('messageUpdated', { message: show(message), updateReasons: reasons.take(message.ref) });
    }),
    room.on('removed', (message) => emitter.emit('messageRemoved', show(message))),
    room.on('titleChanged', () => emitter.emit('titleChanged', conversation)),
    room.on('trouble', (error) => emitter.emit('trouble', error)),
    room.on('membersChanged', members),
    room.session.onKeysChanged?.(members) ?? (() => undefined),
  ];
}

/** Tells who came to be unknown, or to have another key. */
function createMemberWatch<C extends ConversationLike>({ room, emitter, isAdding }: EventSources<C>): () => void {
  let states: ReadonlyMap<string, RoomMember['state']> = new Map();
  let last: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    if (!emitter.hasListeners('memberUnknown', 'keyChanged')) return;
    const members = await room.members();
    const changed = members.filter(({ ref, state }) => states.get(ref) !== state);
    states = new Map(members.map(({ ref, state }) => [ref, state]));
    for (const member of changed) {
      if (member.state === 'unknown' && !isAdding(member.identity ?? '')) emitter.emit('memberUnknown', member);
      if (member.state === 'key-not-accepted') emitter.emit('keyChanged', member);
    }
  };
  return () => {
    last = last.then(look).catch((error: unknown) => emitter.emit('trouble', error));
  };
}

function forwardRaw<C extends ConversationLike>({ raw, emitter, conversation }: EventSources<C>): () => void {
  type Participant = ParticipantOf<C>;
  const listeners: Record<string, AnyListener> = {
    participantJoined: (participant: Participant) => emitter.emit('participantJoined', participant),
    participantLeft: (participant: Participant) => emitter.emit('participantLeft', participant),
    participantUpdated: (update: { participant: Participant; updateReasons: string[] }) =>
      emitter.emit('participantUpdated', update),
    typingStarted: (participant: Participant) => emitter.emit('typingStarted', participant),
    typingEnded: (participant: Participant) => emitter.emit('typingEnded', participant),
    updated: ({ updateReasons }: { updateReasons: string[] }) =>
      emitter.emit('updated', { conversation, updateReasons }),
    removed: () => emitter.emit('removed', conversation),
  };
  for (const [event, listener] of Object.entries(listeners)) raw.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) raw.off(event, listener);
  };
}
