/** The worker's side: does the bulk of one job as it is told to. */
import type { Bulk } from '@sotto/core/stream';
import { type Answer, type BodyEnd, READY, type Request, toRefusal, toRequest } from './worker-messages.ts';

/** What is used of the global scope of a worker. */
export interface WorkerScope {
  postMessage(message: unknown, transfer: readonly ArrayBufferLike[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

interface Job {
  update(bytes: Uint8Array): Promise<Uint8Array | void>;
  finish(bytes: Uint8Array): Promise<Uint8Array | BodyEnd>;
}

/** Says that it is ready, and answers requests in their order. */
export function serveBulk(scope: WorkerScope, bulk: Bulk): void {
  let job: Job | undefined;
  let last = Promise.resolve();

  const follow = async (request: Request): Promise<Answer> => {
    switch (request.call) {
      case 'hash':
        job = await bulk.hash(request.options);
        return { value: undefined };
      case 'seal':
        job = await bulk.seal(request.options);
        return { value: undefined };
      case 'open':
        job = await bulk.open(request.options);
        return { value: undefined };
      case 'update':
      case 'finish':
        return job ? { value: (await job[request.call](request.bytes)) ?? undefined } : { code: undefined };
    }
  };

  scope.addEventListener('message', ({ data }) => {
    const request = toRequest(data);
    last = last.then(async () => {
      const answer = request ? await follow(request).catch(toRefusal) : { code: undefined };
      scope.postMessage(answer, transferable(answer));
    });
  });
  scope.postMessage(READY, []);
}

/** The memory that the bytes of an answer fill: it is handed over instead of copied. */
function transferable(answer: Answer): ArrayBufferLike[] {
  const value = 'value' in answer ? answer.value : undefined;
  const bytes = value instanceof Uint8Array ? value : value?.rest;
  return bytes && bytes.length > 0 && bytes.length === bytes.buffer.byteLength ? [bytes.buffer] : [];
}
