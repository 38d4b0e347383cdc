/** SIGINT and SIGTERM as one `AbortSignal`, which whatever runs until it is stopped takes. */

/** Ctrl-C reaches the whole group, and a parent such as npm passes it on once more: all that is one wish to stop. */
const SAME_WISH_MS = 1000;
/** For so long the process stays to hear such a second signal: one that comes while Node tears down would decide the exit code. */
const LISTEN_ON_MS = 300;

/**
 * Aborts at the first signal. One that comes a second later means that stopping takes too long, and ends the process. `others` are
 * taken for the same wish, such as that of a terminal that was closed.
 */
export function stopOnSignals(...others: readonly NodeJS.Signals[]): AbortSignal {
  const controller = new AbortController();
  let stoppedAt: number | undefined;
  const onSignal = () => {
    if (stoppedAt !== undefined && performance.now() - stoppedAt > SAME_WISH_MS) process.exit(1);
    if (stoppedAt === undefined) setTimeout(() => {}, LISTEN_ON_MS);
    stoppedAt ??= performance.now();
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', ...others] as const) process.on(signal, onSignal);
  return controller.signal;
}

/** Resolves when `signal` aborts, or at once if it has. */
export async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
