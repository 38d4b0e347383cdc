/** All rooms of the signed-in user, and the search over what they have loaded. */
import type { ChatService, Room } from './chat-service.ts';
import { createRoomModel, type RoomModel } from './room-model.ts';
import { createStore, type ReadonlyStore } from './store.ts';

export interface ChatModel {
  readonly service: ChatService;
  /** The one with the newest message first. Undefined until the service has said which there are. */
  readonly rooms: ReadonlyStore<readonly RoomModel[] | undefined>;
  createRoom(options: { readonly title: string; readonly members: readonly string[] }): Promise<RoomModel>;
  /** Keys changed: members are judged anew. */
  refreshMembers(): void;
  close(): Promise<void>;
}

export function createChatModel(service: ChatService): ChatModel {
  const models = new Map<string, RoomModel>();
  const rooms = createStore<readonly RoomModel[] | undefined>(undefined);

  const sort = (): void => {
    const current = service.rooms.get();
    if (current === undefined) return;
    const sorted = current.map(modelOf).sort((a, b) => lastActivityOf(b) - lastActivityOf(a));
    const shown = rooms.get();
    const isSame = shown?.length === sorted.length && sorted.every((model, at) => model === shown[at]);
    if (!isSame) rooms.set(sorted);
  };
  function modelOf(room: Room): RoomModel {
    const known = models.get(room.id);
    if (known) return known;
    const made = createRoomModel(room);
    models.set(room.id, made);
    room.facts.subscribe(sort);
    return made;
  }
  const follow = (): void => {
    const current = service.rooms.get();
    if (current === undefined) return;
    const ids = new Set(current.map(({ id }) => id));
    for (const [id, model] of models) {
      if (ids.has(id)) continue;
      model.close();
      models.delete(id);
    }
    sort();
  };
  const stop = service.rooms.subscribe(follow);
  follow();

  return {
    service,
    rooms,
    async createRoom({ title, members }) {
      const model = modelOf(await service.createRoom({ members }));
      // The room is good without it.
      if (title !== '') await setTitle(model, title).catch(() => undefined);
      return model;
    },
    refreshMembers: () => {
      for (const { members } of models.values()) void members.refresh();
    },
    async close() {
      stop();
      for (const model of models.values()) model.close();
      await service.close();
    },
  };
}

/** A title is encrypted for the members. Those who have no key yet see their names in its place, until it is set again. */
async function setTitle({ room: { encrypted } }: RoomModel, title: string): Promise<void> {
  const members = await encrypted.members();
  const leaveOut = members.flatMap(({ state, identity }) => (state === 'without-card' && identity ? [identity] : []));
  await encrypted.setTitle(title, { leaveOut });
}

function lastActivityOf({ room }: RoomModel): number {
  return room.facts.get().lastActivityAt?.getTime() ?? 0;
}
