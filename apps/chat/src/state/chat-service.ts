/**
 * What the app asks of a chat service beside encryption: which rooms there are, who is in them, who has read how far. All of it is
 * metadata that the service sees. Messages go through `EncryptedRoom` of `@sotto/chat`. `backend/twilio` has it over Twilio.
 */
import type { EncryptedRoom } from '@sotto/chat';
import type { ReadonlyStore } from './store.ts';

/** `ended`: the token ran out, or the account is in use elsewhere; signing in again helps. */
export type Connection = 'connecting' | 'online' | 'offline' | 'ended';

export interface ChatService {
  readonly identity: string;
  /** Whether an emulator on this machine stands in for Twilio. */
  readonly isEmulated: boolean;
  readonly connection: ReadonlyStore<Connection>;
  /** Undefined until they were loaded. */
  readonly rooms: ReadonlyStore<readonly Room[] | undefined>;
  /** Has whoever receives newcomers let this user into a room, if there is somebody. Whether there is. */
  askIn(): Promise<boolean>;
  createRoom(options: { readonly members: readonly string[] }): Promise<Room>;
  close(): Promise<void>;
}

export interface Room {
  /** As the service names it, for ever. */
  readonly id: string;
  readonly encrypted: EncryptedRoom;
  readonly facts: ReadonlyStore<RoomFacts>;
  markRead(index: number): Promise<void>;
  sayTyping(): Promise<void>;
  addMember(identity: string): Promise<void>;
  removeMember(ref: string): Promise<void>;
  leave(): Promise<void>;
}

export interface RoomFacts {
  readonly createdBy: string | null;
  readonly createdAt: Date | null;
  readonly lastActivityAt: Date | null;
  readonly unreadCount: number;
  /** Up to which message this user has read. */
  readonly readIndex: number | undefined;
  readonly participants: readonly Participant[];
  /** Identities. */
  readonly typing: readonly string[];
}

export interface Participant {
  readonly ref: string;
  /** Null for telephones and the like. */
  readonly identity: string | null;
  readonly readIndex: number | undefined;
}
