/** Order and bounds for what is asynchronous: one task after the other, and so many at a time. */

export interface TaskQueue {
  /** Runs `task` when all before it have ended, however they ended. */
  run<T>(task: () => T | Promise<T>): Promise<T>;
  /** Resolves when what is in the queue now has ended. */
  idle(): Promise<void>;
}

export function createTaskQueue(): TaskQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task) {
      const result = last.then(task);
      last = result.catch(() => undefined);
      return result;
    },
    async idle() {
      await last;
    },
  };
}

/** Runs the tasks that it is given, `limit` of them at a time, in the order in which they came. */
export function createLimiter(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
