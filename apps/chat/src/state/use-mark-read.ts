/** Says to the service how far the user has read, while the newest message is on screen and somebody is looking. */
import { useEffect, useSyncExternalStore } from 'react';
import type { RoomModel } from './room-model.ts';
import { useStorePart } from './use-store.ts';

export function useMarkRead(model: RoomModel, isAtEnd: boolean): void {
  const newest = useStorePart(model.timeline, ({ messages }) => messages.at(-1)?.index);
  const isLooking = useSyncExternalStore(subscribeToFocus, () => document.hasFocus());
  useEffect(() => {
    if (!isAtEnd || !isLooking || newest === undefined) return;
    // Offline it fails; the next message, or the next look, says it again.
    model.room.markRead(newest).catch(() => undefined);
  }, [model, isAtEnd, isLooking, newest]);
}

function subscribeToFocus(listener: () => void): () => void {
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  return () => {
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
  };
}
