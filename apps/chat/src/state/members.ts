/** Who is in a room, and whether sending would stop at somebody. */
import type { EncryptedRoom, RoomMember } from '@sotto/chat';
import { createRefresher } from './refresher.ts';
import { createStore, type ReadonlyStore } from './store.ts';

/** Nobody tells when a member has registered, so those without a card are asked for again. */
const ASK_AGAIN_MS = 3000;

export interface MembersState {
  readonly status: 'loading' | 'ready' | 'error';
  readonly error?: unknown;
  readonly members: readonly RoomMember[];
}

export interface Members extends ReadonlyStore<MembersState> {
  refresh(): Promise<void>;
  close(): void;
}

export function createMembers(room: EncryptedRoom): Members {
  const store = createStore<MembersState>({ status: 'loading', members: [] });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const refresh = createRefresher(async () => {
    clearTimeout(timer);
    try {
      const members = await room.members();
      if (isClosed) return;
      if (!isSame(members, store.get().members)) store.set({ status: 'ready', members });
      else store.update((state) => (state.status === 'ready' ? state : { ...state, status: 'ready' }));
    } catch (error) {
      if (isClosed) return;
      store.update((state) => ({ ...state, status: state.status === 'ready' ? 'ready' : 'error', error }));
    }
    const isWaiting = store.get().members.some(({ state }) => state === 'without-card');
    if (isWaiting || store.get().status === 'error') timer = setTimeout(() => void refresh(), ASK_AGAIN_MS);
  });
  const stop = room.on('membersChanged', () => void refresh());

  return {
    get: store.get,
    subscribe: store.subscribe,
    refresh,
    close() {
      isClosed = true;
      clearTimeout(timer);
      stop();
    },
  };
}

function isSame(some: readonly RoomMember[], others: readonly RoomMember[]): boolean {
  return (
    some.length === others.length &&
    some.every((member, at) => {
      const other = others[at];
      return other?.ref === member.ref && other.state === member.state && other.isVerified === member.isVerified;
    })
  );
}
