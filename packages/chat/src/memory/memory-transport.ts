/** A room of the memory hub as one member sees it. */
import { utf8ToBytes } from '@sotto/core';
import { chatError } from '../errors.ts';
import type { OutgoingFile, RoomTransport, TransportLimits } from '../transport.ts';
import { type MemoryRoom, toIncoming } from './memory-room.ts';

export function createMemoryTransport(
  room: MemoryRoom,
  { name, identity, limits }: { readonly name: string; readonly identity: string; readonly limits: TransportLimits },
): RoomTransport {
  const requireMember = (): void => {
    if (!room.members().some((member) => member.identity === identity)) throw refused('not a member');
  };
  const requireShort = (text: string, maxBytes: number): void => {
    if (utf8ToBytes(text).length > maxBytes) throw refused('too long');
  };
  const requireFiles = (files: readonly OutgoingFile[]): void => {
    if (files.length > limits.attachmentCount) throw refused('too many files');
    if (files.some(({ content }) => content.size > limits.attachmentBytes)) throw refused('a file is too large');
  };
  /** One turn of the loop passes, as with a service: nothing is done before the caller goes on. */
  const act = async <T>(task: () => T): Promise<T> => {
    await Promise.resolve();
    requireMember();
    return task();
  };

  return {
    room: name,
    limits,
    can: { edit: true, remove: true, attachments: true, notes: true, roomNotes: true },

    async send({ payload, files }, { signal, onProgress } = {}) {
      signal?.throwIfAborted();
      return act(() => {
        requireShort(payload, limits.payloadBytes);
        requireFiles(files);
        const total = files.reduce((sum, { content }) => sum + content.size, 0);
        if (files.length > 0) onProgress?.(total, total);
        const { index } = room.add(identity, { payload, files });
        return { index };
      });
    },
    edit: (ref, payload) =>
      act(() => {
        requireShort(payload, limits.payloadBytes);
        room.change(ref, { payload });
      }),
    remove: (ref) => act(() => room.remove(ref)),
    setNote: (ref, note, value) =>
      act(() => {
        const { [note]: _former, ...others } = room.get(ref).notes;
        const notes = value === undefined ? others : { ...others, [note]: value };
        requireShort(JSON.stringify(notes), limits.noteBytes);
        room.change(ref, { notes });
      }),
    setRoomNote: (note, value) =>
      act(() => {
        requireShort(value ?? '', limits.roomNoteBytes);
        room.setNote(note, value);
      }),
    roomNotes: () => act(() => Object.fromEntries(room.notes)),
    history: ({ before = Number.POSITIVE_INFINITY, limit }) =>
      act(() => {
        const older = room.messages().filter(({ index }) => index < before);
        return { items: older.slice(-limit).map(toIncoming), hasOlder: older.length > limit };
      }),
    members: () => act(() => room.members()),
    subscribe: (on) => room.subscribe(on),
  };
}

function refused(reason: string): Error {
  return chatError('chat/send-refused', { details: { reason } });
}
