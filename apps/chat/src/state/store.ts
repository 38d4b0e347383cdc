/** A value that can be watched. Plain functions, so that state outlives and knows nothing of the views: `use-store.ts` ties it to React. */

export interface ReadonlyStore<T> {
  readonly get: () => T;
  /** Calls back after each change. Gives back how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface Store<T> extends ReadonlyStore<T> {
  set(value: T): void;
  update(change: (value: T) => T): void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: T): void => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Resolves with the first value that passes, which may be the present one. */
export function waitFor<T>(store: ReadonlyStore<T>, passes: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const settle = (): void => {
      const value = store.get();
      if (!passes(value)) return;
      stop();
      resolve(value);
    };
    stop = store.subscribe(settle);
    signal?.addEventListener('abort', () => {
      stop();
      reject(signal.reason as Error);
    });
    settle();
  });
}
