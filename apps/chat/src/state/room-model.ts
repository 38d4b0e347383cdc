/** One room as the app holds it: messages, what is on its way out, members, title and the draft. Lives from sign-in to sign-out. */
import type { RoomTitle } from '@sotto/chat';
import type { Room } from './chat-service.ts';
import { createMembers, type Members } from './members.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createRefresher } from './refresher.ts';
import { createStore, type ReadonlyStore, type Store } from './store.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { emptyDraft, type ComposerDraft } from './composer-draft.ts';

export interface RoomModel {
  readonly id: string;
  readonly room: Room;
  readonly timeline: Timeline;
  readonly outbox: Outbox;
  readonly members: Members;
  readonly title: ReadonlyStore<RoomTitle | undefined>;
  readonly draft: Store<ComposerDraft>;
  close(): void;
}

export function createRoomModel(room: Room): RoomModel {
  const timeline = createTimeline(room.encrypted);
  const members = createMembers(room.encrypted);
  const title = createStore<RoomTitle | undefined>(undefined);
  const readTitle = createRefresher(async () => {
    // A title that cannot be read now is one that there is not: the names of the members stand in for it.
    title.set(await room.encrypted.title().catch(() => undefined));
  });
  const stopTitle = room.encrypted.on('titleChanged', () => void readTitle());

  void timeline.load();
  void members.refresh();
  void readTitle();

  return {
    id: room.id,
    room,
    timeline,
    outbox: createOutbox(room.encrypted, timeline),
    members,
    title,
    draft: createStore(emptyDraft),
    close() {
      stopTitle();
      timeline.close();
      members.close();
    },
  };
}
