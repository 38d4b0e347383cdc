/** How many messages are unread in all rooms together. */
import { useCallback, useSyncExternalStore } from 'react';
import { useRooms } from './use-rooms.ts';

export function useUnreadCount(): number {
  const rooms = useRooms();
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = (rooms ?? []).map(({ room }) => room.facts.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [rooms],
  );
  return useSyncExternalStore(subscribe, () =>
    (rooms ?? []).reduce((sum, { room }) => sum + room.facts.get().unreadCount, 0),
  );
}
