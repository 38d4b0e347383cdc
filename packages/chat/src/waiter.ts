/** Waits until the transport is connected again, but not longer than it is told. */

/** False when the room was closed meanwhile, so that there is nothing to wait for. */
export type Waiter = (milliseconds: number) => Promise<boolean>;

export interface Reconnection {
  readonly wait: Waiter;
  /** Ends all waiting. */
  readonly notify: () => void;
  /** Ends it for good. */
  readonly close: () => void;
}

export function createReconnection(): Reconnection {
  const waiting = new Set<() => void>();
  let isOpen = true;
  const notify = (): void => {
    for (const end of [...waiting]) end();
  };
  return {
    notify,
    close() {
      isOpen = false;
      notify();
    },
    wait: (milliseconds) =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve(isOpen);
        };
        const timer = setTimeout(end, isOpen ? milliseconds : 0);
        waiting.add(end);
      }),
  };
}
