/** Who does the work that sees every byte: a worker, where there is much of it and one can be started, else the page in slices. */
import type { Bulk } from '@sotto/core/stream';
import type { Session } from '../session.ts';
import { type FileWorker, startWorkerBulk, type WorkerBulk } from './worker-bulk.ts';

/** Less is hashed by the browser itself, on a thread of its own (core's `web-streams.ts`). */
const LARGE_BYTES = 8 * 1024 * 1024;

/** As a browser has it. Bundlers know it by the form of the call below. */
declare const Worker: (new (url: URL, options: { readonly type: 'module' }) => FileWorker) | undefined;

/** Sessions whose page has no worker for us: trying again would fill its console. */
const withoutWorker = new WeakSet<Session>();

/** The pieces that `work` gives. `size` is how much there is to do; what is not known is done in the page. */
export async function* withBulk(
  session: Session,
  size: number | undefined,
  work: (bulk: Bulk | undefined) => AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  const worker = (size ?? 0) > LARGE_BYTES ? await startWorker(session) : undefined;
  try {
    yield* work(worker?.bulk);
  } finally {
    worker?.end();
  }
}

async function startWorker(session: Session): Promise<WorkerBulk | undefined> {
  // Elsewhere it is Node, or a page without Web Crypto, whose workers have none either.
  if (session.provider.name !== 'web' || withoutWorker.has(session)) return undefined;
  const start = session.fileWorker ?? (typeof Worker === 'function' && startOwn);
  const started = start ? await startWorkerBulk(start) : undefined;
  if (!started) withoutWorker.add(session);
  return started;
}

function startOwn(): FileWorker {
  return new Worker!(new URL('../worker.js', import.meta.url), { type: 'module' });
}
