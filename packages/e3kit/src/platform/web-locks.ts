/** Named locks between the tabs and workers of an origin. The browser frees the lock of a tab that is closed or crashes. */
import { storageError } from '../storage-errors.ts';
import { browserGlobals, type LockManager } from './browser-globals.ts';
import { createTaskQueue } from './task-queue.ts';

export interface NamedLocks {
  /** @throws `storage/locked` when the wait takes too long, `storage/unavailable` where pages may not lock */
  run<T>(name: string, task: () => Promise<T>): Promise<T>;
}

/** Where Web Locks are missing (Safari before 15.4, React Native) these locks hold within this object alone. */
export function createWebLocks(scope: string, timeoutMs: number): NamedLocks {
  const queue = createTaskQueue();
  return {
    run(name, task) {
      const signal = AbortSignal.timeout(timeoutMs);
      const { locks } = browserGlobals().navigator ?? {};
      // As JSON, because lone surrogates may turn into one sign on their way to the browser's process.
      return locks ? runLocked(locks, `${scope}:${JSON.stringify(name)}`, signal, task) : queue.run(name, task, signal);
    },
  };
}

async function runLocked<T>(locks: LockManager, name: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  let isHeld = false;
  try {
    return await locks.request(name, { signal }, () => {
      isHeld = true;
      return task();
    });
  } catch (error) {
    if (isHeld) throw error;
    if (signal.aborted) throw storageError('storage/locked', { cause: error });
    const reason = error instanceof DOMException ? error.name : undefined;
    throw storageError('storage/unavailable', { details: { reason }, cause: error });
  }
}
