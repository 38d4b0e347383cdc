/** The page's side: the bulk of one job, done by a worker that lives as long as the job. */
import { coreError } from '@sotto/core';
import type { Bulk } from '@sotto/core/stream';
import { fileError } from './file-errors.ts';
import { isBodyEnd, isBytes, READY, type Request, toAnswer } from './worker-messages.ts';

/** What is used of a `Worker`. */
export interface FileWorker {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error' | 'messageerror', listener: (event: { preventDefault(): void }) => void): void;
  terminate(): void;
}

export interface WorkerBulk {
  readonly bulk: Bulk;
  /** Ends the worker, in the middle of its work if need be. */
  end(): void;
}

/** Sends a request and gives the answer's value. @throws `envelope/undecryptable`, `envelope/malformed`, `file/worker-failed` */
type Ask = (request: Request) => Promise<unknown>;

interface Line {
  /** What the worker says next. @throws `file/worker-failed` */
  hear(): Promise<unknown>;
  fail(): void;
}

const START_MS = 10_000;

/** Resolves once the worker is ready, with undefined if it does not get there: a page's policy may forbid workers. */
export async function startWorkerBulk(start: () => FileWorker): Promise<WorkerBulk | undefined> {
  let worker: FileWorker | undefined;
  try {
    worker = start();
    const line = listenTo(worker);
    const timer = setTimeout(() => line.fail(), START_MS);
    const said = await line.hear().finally(() => clearTimeout(timer));
    if (said !== READY) throw fileError('file/worker-failed');
    return { bulk: createBulk(createAsk(worker, line)), end: () => worker?.terminate() };
  } catch {
    worker?.terminate();
    return undefined;
  }
}

function listenTo(worker: FileWorker): Line {
  let waiting: { resolve: (data: unknown) => void; reject: (error: unknown) => void } | undefined;
  let hasFailed = false;
  const fail = (): void => {
    hasFailed = true;
    waiting?.reject(fileError('file/worker-failed'));
  };
  worker.addEventListener('message', ({ data }) => waiting?.resolve(data));
  for (const type of ['error', 'messageerror'] as const) {
    worker.addEventListener(type, (event) => {
      event.preventDefault(); // it is not for the console: whoever waits is told
      fail();
    });
  }
  return {
    fail,
    hear: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (hasFailed) fail();
      }),
  };
}

function createAsk(worker: FileWorker, line: Line): Ask {
  return async (request) => {
    worker.postMessage(request);
    const answer = toAnswer(await line.hear());
    if ('value' in answer) return answer.value;
    throw answer.code ? coreError(answer.code) : fileError('file/worker-failed');
  };
}

function createBulk(ask: Ask): Bulk {
  const body = {
    update: async (bytes: Uint8Array) => expectType(await ask({ call: 'update', bytes }), isBytes),
    finish: async (bytes: Uint8Array) => expectType(await ask({ call: 'finish', bytes }), isBodyEnd),
  };
  return {
    async hash(options) {
      await ask({ call: 'hash', options });
      return {
        update: async (bytes) => void (await ask({ call: 'update', bytes })),
        finish: async () => expectType(await ask({ call: 'finish', bytes: new Uint8Array(0) }), isBytes),
      };
    },
    async seal(options) {
      await ask({ call: 'seal', options });
      return body;
    },
    async open(options) {
      await ask({ call: 'open', options });
      return body;
    },
  };
}

function expectType<T>(value: unknown, isOfType: (value: unknown) => value is T): T {
  if (!isOfType(value)) throw fileError('file/worker-failed');
  return value;
}
