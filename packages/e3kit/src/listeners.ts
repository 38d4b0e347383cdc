/** Who wants to be told of a change. */
export interface Listeners {
  /** Gives back how to stop. */
  readonly add: (listener: () => void) => () => void;
  readonly notify: () => void;
}

export function createListeners(): Listeners {
  const listeners = new Set<() => void>();
  return {
    add: (listener) => {
      const own = (): void => listener(); // the same function may be added twice
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    notify: () => {
      for (const listener of [...listeners]) listener();
    },
  };
}
