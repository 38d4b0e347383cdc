/**
 * A task that reads something anew, however often it is asked for: one run at a time, and one more after it for those who asked meanwhile.
 * What a caller waits for was read after the call, and an older answer never replaces a newer one.
 */
export function createRefresher(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running = task().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (!running) return start();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
