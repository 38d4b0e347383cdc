/** Work that nobody waits for: what goes wrong in it is told, and it can be waited for at the end. */

export interface Background {
  run(task: () => Promise<void>): void;
  idle(): Promise<void>;
}

export function createBackground(onTrouble: (error: unknown) => void): Background {
  const running = new Set<Promise<void>>();
  return {
    run(task) {
      const work = task().catch(onTrouble);
      running.add(work);
      void work.then(() => running.delete(work));
    },
    async idle() {
      await Promise.all([...running]);
    },
  };
}

/** Runs `task` soon after it was asked for: once for all who ask while it runs. */
export function createCoalesced(background: Background, task: () => Promise<void>): () => void {
  let state: 'idle' | 'running' | 'asked again' = 'idle';
  return () => {
    if (state !== 'idle') {
      state = 'asked again';
      return;
    }
    background.run(async () => {
      try {
        do {
          state = 'running';
          await task();
        } while (hasBeenAskedAgain());
      } finally {
        state = 'idle';
      }
    });
  };

  function hasBeenAskedAgain(): boolean {
    return state === 'asked again';
  }
}
