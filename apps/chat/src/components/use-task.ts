/** Runs one task at a time for a button: whether it is running, and what went wrong with the last one. */
import { useState } from 'react';

export interface Task {
  readonly isRunning: boolean;
  readonly error: unknown;
  /** Whether it went well. */
  run(task: () => Promise<void>): Promise<boolean>;
  clear(): void;
}

export function useTask(): Task {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  return {
    isRunning,
    error,
    async run(task) {
      if (isRunning) return false;
      setIsRunning(true);
      setError(undefined);
      try {
        await task();
        return true;
      } catch (problem) {
        setError(problem);
        return false;
      } finally {
        setIsRunning(false);
      }
    },
    clear: () => setError(undefined),
  };
}
