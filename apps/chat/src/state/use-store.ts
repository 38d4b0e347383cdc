/** Stores in React. */
import { useSyncExternalStore } from 'react';
import type { ReadonlyStore } from './store.ts';

export function useStore<T>(store: ReadonlyStore<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** A part of the value. `select` gives back what is in it, or a primitive: a new object each time would render without end. */
export function useStorePart<T, Part>(store: ReadonlyStore<T>, select: (value: T) => Part): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
