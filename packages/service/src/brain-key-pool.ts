/**
 * Threads that compute brain keys, so that the milliseconds each one takes are not taken from other requests. They begin
 * at the first use. One that ends fails its own job alone: another takes its place.
 */

import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { Outcome } from './brain-key-worker.ts';
import { busyError, type BrainKeyComputer } from './domain/brain-key.ts';
import { serviceError } from './domain/errors.ts';

export interface BrainKeyPool extends BrainKeyComputer {
  /** Ends the threads, whatever they are doing. */
  close(): Promise<void>;
}

export interface BrainKeyPoolOptions {
  /** 32 bytes or more. */
  readonly secret: Uint8Array;
  readonly threads?: number | undefined;
  /** How many jobs may wait for each thread: some seconds' worth, after which a client would have given up. */
  readonly waitingPerThread?: number;
  /** What the threads run. */
  readonly worker?: URL;
}

/** A thread takes built modules only; from here, `src` and `dist` are both one folder away from it. */
const WORKER = new URL('../dist/brain-key-worker.js', import.meta.url);

/** One processor is left for the requests. */
function defaultThreads(): number {
  return Math.max(1, availableParallelism() - 1);
}

export function createBrainKeyPool({
  secret,
  threads = defaultThreads(),
  waitingPerThread = 100,
  worker = WORKER,
}: BrainKeyPoolOptions): BrainKeyPool {
  const pool = createPool({ secret, threads, worker });
  const capacity = threads * (1 + waitingPerThread);
  let jobs = 0;
  const run = async <T>(name: string, job: unknown): Promise<T> => {
    if (jobs >= capacity) throw busyError();
    jobs++;
    try {
      const outcome = (await pool.run(name, job)) as Outcome<T>;
      if (!outcome.ok) throw serviceError('brain-key/bad-point');
      return outcome.value;
    } finally {
      jobs--;
    }
  };
  return {
    hasRoom: () => jobs < capacity,
    transformPythia: (job) => run('runPythia', job),
    hardenPoint: (job) => run('runHarden', job),
    close: () => pool.close(),
  };
}

/**
 * piscina, which keeps the threads, without two of its ways to wait for ever: it would not replace a thread that ended
 * while others wait for it, unless it is to have as many at the least as at the most; and where a thread could not even
 * begin, jobs would stay in the queue. Then all of them fail, and the next one begins anew.
 */
function createPool({
  secret,
  threads,
  worker,
}: Required<Pick<BrainKeyPoolOptions, 'secret' | 'worker'>> & { threads: number }) {
  let current: Piscina | undefined;
  const open = () => {
    const pool = new Piscina({
      filename: worker.href,
      minThreads: threads,
      maxThreads: threads,
      stricterFIFO: true, // else a job that finds all threads at work goes behind those that came after it, again and again
      workerData: { secret },
      execArgv: [], // those of the process, such as conditions of imports, are not for what is built
    });
    pool.on('error', () => {
      if (current === pool) current = undefined;
      void pool.destroy();
    });
    return pool;
  };
  return {
    run: async (name: string, job: unknown): Promise<unknown> => (current ??= open()).run(job, { name }),
    async close() {
      await current?.destroy();
    },
  };
}
