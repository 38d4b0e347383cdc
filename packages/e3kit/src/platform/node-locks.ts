/** Named locks of one directory, between the tasks of this process and between processes. */
import { join } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { createTaskQueue } from './task-queue.ts';

/** Long enough for a task that talks to the service, short enough for a user to learn that something hangs. */
const defaultTimeoutMs = 60_000;

export interface NodeLocks {
  /**
   * `fileName` must be fit for a file. Tasks of this process queue up before one of them contends with other processes.
   * @throws `storage/locked` when the wait takes too long, `storage/unavailable`, `storage/full`
   */
  run<T>(fileName: string, task: () => Promise<T>): Promise<T>;
}

/** `directory` must exist and belong to these locks alone. */
export function createNodeLocks(directory: string, timeoutMs = defaultTimeoutMs): NodeLocks {
  const queue = createTaskQueue();
  return {
    run(fileName, task) {
      const signal = AbortSignal.timeout(timeoutMs);
      return queue.run(fileName, () => withFileLock({ directory: join(directory, fileName), signal }, task), signal);
    },
  };
}
