/** The groups of a room, each loaded once: a page of messages asks for the same one many times. */
import type { Card } from '@sotto/core';
import { type RoomGroupName, roomGroupId } from '@sotto/core/chat';
import type { ChatSession, RoomGroup } from './session.ts';

export interface RoomGroups {
  /** @throws as `ChatSession.loadGroup`; asks again after a failure */
  load(name: RoomGroupName): Promise<RoomGroup>;
  /** @throws as `ChatSession.createGroup` */
  create(name: RoomGroupName, members: readonly Card[]): Promise<RoomGroup>;
}

export function createRoomGroups(session: ChatSession, room: string): RoomGroups {
  const loaded = new Map<string, Promise<RoomGroup>>();
  const keyOf = ({ initiator, nonce }: RoomGroupName): string => `${nonce} ${initiator}`;
  return {
    load(name) {
      const key = keyOf(name);
      const loading = loaded.get(key) ?? session.loadGroup(roomGroupId(room, name), name.initiator);
      loaded.set(key, loading);
      loading.catch(() => loaded.delete(key));
      return loading;
    },
    async create(name, members) {
      const group = await session.createGroup(roomGroupId(room, name), members);
      loaded.set(keyOf(name), Promise.resolve(group));
      return group;
    },
  };
}
