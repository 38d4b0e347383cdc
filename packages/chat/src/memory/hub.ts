/**
 * A chat service inside of one process: for tests, for demos, and as the smallest example of a transport. It keeps what it is given, and
 * tells all who listen, later and in order, as a service does.
 */
import type { RoomTransport, TransportLimits } from '../transport.ts';
import { createMemoryRoom, type MemoryRoom } from './memory-room.ts';
import { createMemoryTransport } from './memory-transport.ts';

export interface MemoryHub {
  /** The room as `identity` sees it, who takes part from now on. Each call is one more device. */
  join(room: string, identity: string): RoomTransport;
  leave(room: string, identity: string): void;
  /** A member without an identity, who cannot decrypt. */
  addTelephone(room: string, number: string): void;
  /** Everything that the service was ever given, as text. */
  readonly seen: readonly string[];
  /** All files that it was ever given. */
  readonly seenFiles: readonly Blob[];
}

export interface MemoryHubOptions {
  readonly limits?: Partial<TransportLimits> | undefined;
}

const LIMITS: TransportLimits = {
  payloadBytes: 32_000,
  noteBytes: 4_096,
  roomNoteBytes: 16_384,
  attachmentBytes: 150_000_000,
  attachmentCount: 10,
};

export function createMemoryHub({ limits = {} }: MemoryHubOptions = {}): MemoryHub {
  const rooms = new Map<string, MemoryRoom>();
  const seen: string[] = [];
  const seenFiles: Blob[] = [];
  const allLimits = { ...LIMITS, ...limits };
  const roomOf = (name: string): MemoryRoom => {
    const room =
      rooms.get(name) ??
      createMemoryRoom({ onText: (text) => seen.push(text), onFile: (file) => seenFiles.push(file) });
    rooms.set(name, room);
    return room;
  };
  return {
    seen,
    seenFiles,
    join(name, identity) {
      const room = roomOf(name);
      room.addMember({ ref: identity, identity, canDecrypt: true });
      return createMemoryTransport(room, { name, identity, limits: allLimits });
    },
    leave: (name, identity) => roomOf(name).removeMember(identity),
    addTelephone: (name, number) => roomOf(name).addMember({ ref: number, identity: null, canDecrypt: false }),
  };
}
