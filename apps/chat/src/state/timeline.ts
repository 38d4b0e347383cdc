/** The messages of one room that this page has loaded: a page of history, what comes live, and older pages on request. */
import type { EncryptedRoom, RoomMessage } from '@sotto/chat';
import { mergeMessages } from './merge-messages.ts';
import { createStore, type ReadonlyStore } from './store.ts';

const PAGE_SIZE = 50;

export interface TimelineState {
  readonly status: 'loading' | 'ready' | 'error';
  readonly error?: unknown;
  /** Oldest first. */
  readonly messages: readonly RoomMessage[];
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
}

export interface Timeline extends ReadonlyStore<TimelineState> {
  /** The newest page; again after an error. */
  load(): Promise<void>;
  loadOlder(): Promise<void>;
  /** Loads older pages until the message is there. Whether it is. */
  loadUntil(index: number): Promise<boolean>;
  /** Messages as they come live, not those of history. Gives back how to stop. */
  onArrival(listener: (message: RoomMessage) => void): () => void;
  close(): void;
}

export function createTimeline(room: EncryptedRoom, { pageSize = PAGE_SIZE } = {}): Timeline {
  const store = createStore<TimelineState>({
    status: 'loading',
    messages: [],
    hasOlder: false,
    isLoadingOlder: false,
  });
  const arrivals = new Set<(message: RoomMessage) => void>();

  const put = (messages: readonly RoomMessage[]): void => {
    store.update((state) => ({ ...state, messages: mergeMessages(state.messages, messages) }));
  };
  const stops = [
    room.on('message', (message) => {
      put([message]);
      for (const listener of arrivals) listener(message);
    }),
    room.on('updated', (message) => put([message])),
    room.on('removed', (message) => put([message])),
  ];

  const load = async (): Promise<void> => {
    try {
      const { items, hasOlder } = await room.messages({ limit: pageSize });
      put(items);
      store.update(({ messages, isLoadingOlder }) => ({ status: 'ready', messages, hasOlder, isLoadingOlder }));
    } catch (error) {
      store.update((state) => ({ ...state, status: 'error', error }));
    }
  };

  const loadOlder = async (): Promise<void> => {
    const { isLoadingOlder, hasOlder, messages } = store.get();
    const oldest = messages[0];
    if (isLoadingOlder || !hasOlder || oldest === undefined) return;
    store.update((state) => ({ ...state, isLoadingOlder: true }));
    try {
      const page = await room.messages({ before: oldest.index, limit: pageSize });
      put(page.items);
      store.update((state) => ({ ...state, hasOlder: page.hasOlder && page.items.length > 0, isLoadingOlder: false }));
    } catch (error) {
      store.update((state) => ({ ...state, isLoadingOlder: false }));
      throw error;
    }
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    load,
    loadOlder,
    async loadUntil(index) {
      for (;;) {
        const { messages, hasOlder } = store.get();
        if (messages.some((message) => message.index === index)) return true;
        const oldest = messages[0];
        if (!hasOlder || oldest === undefined || oldest.index < index) return false;
        await loadOlder();
      }
    },
    onArrival(listener) {
      arrivals.add(listener);
      return () => arrivals.delete(listener);
    },
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
