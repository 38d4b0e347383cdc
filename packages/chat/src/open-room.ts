/** Opens an encrypted room on a transport, for a user: the place where reading and sending meet. */
import type { RoomContext } from './context.ts';
import { createEmitter } from './emitter.ts';
import { chatError } from './errors.ts';
import { createRoomGroups } from './groups.ts';
import { acceptMember } from './kept/members-record.ts';
import { storeNamesOf } from './kept/names.ts';
import { createPeople } from './people.ts';
import { createTaskQueue } from './queue.ts';
import type { MessageActions } from './reading/message-view.ts';
import { createReader } from './reading/reader.ts';
import { readTitle } from './reading/title.ts';
import type { EncryptedRoom, OutgoingMessage, RoomOptions } from './room.ts';
import { describeMembers, listMembers } from './sending/roster.ts';
import { createSender } from './sending/sender.ts';
import { setTitle } from './sending/set-title.ts';
import { writeReaction } from './sending/react.ts';
import { createReconnection } from './waiter.ts';

const DEFAULT_PAGE = 30;
const DEFAULT_SETTLE_SECONDS = 30;

/** @throws `chat/damaged-on-device`, and what the user and the transport throw */
export async function openRoom(options: RoomOptions): Promise<EncryptedRoom> {
  const { transport, user, onPlaintext, unsafeLegacyFormat = false } = options;
  const session = await user.openChatSession();
  const context: RoomContext = {
    room: transport.room,
    transport,
    session,
    people: createPeople(session),
    groups: createRoomGroups(session, transport.room),
    names: await storeNamesOf(session.provider, transport.room),
    settleSeconds: options.settleSeconds ?? DEFAULT_SETTLE_SECONDS,
    onUnknownMember: options.onUnknownMember ?? (() => 'stop'),
  };
  const emitter = createEmitter();
  const reconnection = createReconnection();
  const reactions = createTaskQueue();
  let isClosed = false;
  const requireOpen = (): void => {
    if (isClosed) throw chatError('chat/closed');
  };

  const actions: MessageActions = {
    async edit(ref, text, sendOptions) {
      requireOpen();
      const entry = reader.get(ref);
      const isOwn = entry?.opened.kind === 'bound' && entry.opened.payload.sender === session.identity;
      if (!isOwn || entry.verification.state !== 'verified') throw chatError('chat/cannot-edit');
      const edited = {
        ref,
        index: entry.incoming.index,
        current: () => boundPayload(ref, 'chat/cannot-edit'),
        stored: (body: string) => reader.setBody(ref, body),
      };
      await sender.edit(edited, text, sendOptions);
    },
    async remove(ref) {
      requireOpen();
      if (!transport.can.remove) throw chatError('chat/not-supported', { details: { what: 'remove' } });
      await transport.remove(ref);
    },
    async react(ref, emoji, isAdded) {
      requireOpen();
      await reactions.run(async () => {
        const payload = boundPayload(ref, 'chat/cannot-react');
        const { incoming, reactions: present } = reader.get(ref)!;
        const own = present.get(session.identity);
        const isThere = own?.emoji.includes(emoji) ?? false;
        if (isAdded === isThere) return;
        const others = (own?.emoji ?? []).filter((one) => one !== emoji);
        const all = isAdded ? [...others, emoji] : others;
        const written = await writeReaction(context, {
          incoming,
          payload,
          emoji: all,
          revision: (own?.revision ?? 0) + 1,
        });
        await reader.setReaction(ref, session.identity, written);
      });
    },
    async retry(ref) {
      requireOpen();
      await reader.retry(ref);
    },
  };
  const boundPayload = (ref: string, code: 'chat/cannot-edit' | 'chat/cannot-react') => {
    const entry = reader.get(ref);
    if (entry?.opened.kind !== 'bound' || entry.verification.state !== 'verified') throw chatError(code);
    return entry.opened.payload;
  };

  // Whoever is there when the room is first opened is known. Without a connection it is whoever is there when it is back.
  await listMembers(context).catch(() => undefined);
  const reader = await createReader(context, { emitter, actions, onPlaintext });
  const sender = createSender(context, { wait: reconnection.wait, newestIndex: reader.newestIndex });
  const stops = [
    transport.subscribe({
      message: (incoming) => reader.take('message', incoming),
      updated: (incoming) => reader.take('updated', incoming),
      removed: (incoming) => reader.take('removed', incoming),
      membersChanged() {
        reader.forgetMembers();
        emitter.emit('membersChanged');
      },
      roomNotesChanged: () => emitter.emit('titleChanged'),
      reconnected() {
        reconnection.notify();
        reader.catchUp();
      },
    }),
    session.onKeysChanged?.(() => reader.retryAll()) ?? (() => undefined),
  ];
  sender.settle().catch((error: unknown) => emitter.emit('trouble', error));

  return {
    room: transport.room,
    transport,
    session,
    on: emitter.on,

    async send(content, sendOptions = {}) {
      requireOpen();
      const message: OutgoingMessage = typeof content === 'string' ? { text: content } : content;
      return unsafeLegacyFormat ? sender.sendLegacy(message, sendOptions) : sender.send(message, sendOptions);
    },
    async messages({ before, limit = DEFAULT_PAGE } = {}) {
      requireOpen();
      return reader.page({ before, limit });
    },
    async members() {
      requireOpen();
      return describeMembers(context);
    },
    async acceptMember(identity) {
      requireOpen();
      await acceptMember(session, context.names, identity);
      reader.forgetMembers();
    },
    async title() {
      requireOpen();
      return readTitle(context);
    },
    async setTitle(text, titleOptions = {}) {
      requireOpen();
      await setTitle(context, text, titleOptions);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const stop of stops) stop();
      reconnection.close();
      await Promise.all([sender.idle(), reactions.idle()]);
      await reader.close();
      emitter.clear();
    },
  };
}
