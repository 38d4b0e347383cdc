/** Listeners of a room. One that throws keeps no other from being called. */
import type { RoomEvents } from './room.ts';

export interface Emitter {
  readonly on: <Name extends keyof RoomEvents>(event: Name, listener: RoomEvents[Name]) => () => void;
  emit<Name extends keyof RoomEvents>(event: Name, ...args: Parameters<RoomEvents[Name]>): void;
  clear(): void;
}

type Listener = (...args: unknown[]) => void;

export function createEmitter(): Emitter {
  const listeners = new Map<string, Set<{ readonly call: Listener }>>();
  const emit: Emitter['emit'] = (event, ...args) => {
    for (const listener of [...(listeners.get(event) ?? [])]) {
      try {
        listener.call(...args);
      } catch (error) {
        if (event !== 'trouble') emit('trouble', error);
      }
    }
  };
  return {
    emit,
    on(event, listener) {
      const entry = { call: listener as Listener };
      const ofEvent = listeners.get(event) ?? new Set();
      listeners.set(event, ofEvent.add(entry));
      return () => ofEvent.delete(entry);
    },
    clear: () => listeners.clear(),
  };
}
