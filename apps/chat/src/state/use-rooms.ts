/** The rooms of the user, and one of them. */
import type { Connection, RoomFacts } from './chat-service.ts';
import { useSignedIn } from './chat-context.ts';
import type { RoomModel } from './room-model.ts';
import { useStore } from './use-store.ts';

/** Undefined until they were loaded. */
export function useRooms(): readonly RoomModel[] | undefined {
  return useStore(useSignedIn().chat.rooms);
}

export function useConnection(): Connection {
  return useStore(useSignedIn().chat.service.connection);
}

export function useRoomFacts(model: RoomModel): RoomFacts {
  return useStore(model.room.facts);
}
