/** A transport that listens from the start, and keeps what it hears until somebody subscribes: between an event and the room that it opens nothing is lost. */
import type { RoomTransport, TransportEvents } from '@sotto/chat';

export interface HeldTransport {
  readonly transport: RoomTransport;
  /** Stops listening, if nobody has subscribed. */
  release(): void;
}

/** `onFirst` is called with the first event that is kept. */
export function holdEvents(transport: RoomTransport, onFirst: () => void): HeldTransport {
  let kept: ((on: TransportEvents) => void)[] = [];
  const keep = (replay: (on: TransportEvents) => void): void => {
    kept.push(replay);
    if (kept.length === 1) onFirst();
  };
  let release = transport.subscribe({
    message: (message) => keep((on) => on.message?.(message)),
    updated: (message) => keep((on) => on.updated?.(message)),
    removed: (message) => keep((on) => on.removed?.(message)),
    membersChanged: () => keep((on) => on.membersChanged?.()),
    roomNotesChanged: () => keep((on) => on.roomNotesChanged?.()),
    reconnected: () => keep((on) => on.reconnected?.()),
  });
  const subscribe: RoomTransport['subscribe'] = (on) => {
    const stop = transport.subscribe(on);
    release();
    release = () => undefined;
    for (const replay of kept) replay(on);
    kept = [];
    return stop;
  };
  // Not a copy: limits are read when they are asked for.
  return {
    transport: Object.create(transport, { subscribe: { value: subscribe } }) as RoomTransport,
    release: () => release(),
  };
}
