/** Tasks of one process, one at a time and first come, first served under each name. */
import { storageError } from '../storage-errors.ts';

export interface TaskQueue {
  /** @throws `storage/locked` if `signal` aborts before the task's turn; the task is then never run. */
  run<T>(name: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createTaskQueue(): TaskQueue {
  // Under each name, what settles when all that came so far are done. It never rejects.
  const tails = new Map<string, Promise<void>>();

  return {
    async run(name, task, signal) {
      const before = tails.get(name) ?? Promise.resolve();
      let finish = () => {};
      const done = new Promise<void>((resolve) => {
        finish = resolve;
      });
      // Waits for those before too, so that whoever gives up lets nobody overtake.
      const tail = before.then(() => done);
      tails.set(name, tail);
      try {
        await Promise.race([whenAborted(signal), before]);
        return await task();
      } finally {
        finish();
        if (tails.get(name) === tail) tails.delete(name);
      }
    },
  };
}

/** Rejects with `storage/locked` when `signal` aborts, and never settles before. Counts as handled if nobody waits for it. */
export function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal === undefined) return;
    const refuse = () => reject(storageError('storage/locked', { cause: signal.reason }));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
  aborted.catch(() => {});
  return aborted;
}
