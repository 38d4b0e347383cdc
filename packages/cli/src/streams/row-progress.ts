/** Which table a long job is at, as a line on stderr: where that is a terminal, and the job takes more than a moment. Stops the job, too. */
import type { OnProgress } from '@sotto/service';

export interface RowProgressOptions {
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly isQuiet: boolean;
  /** Ends the job where it is. */
  readonly signal: AbortSignal;
  /** Milliseconds, of any beginning. */
  readonly now?: () => number;
}

export interface RowProgress {
  readonly onProgress: OnProgress;
  /** Takes the line away. */
  readonly clear: () => void;
}

const INTERVAL_MS = 100;
const CLEAR_LINE = '\r\x1b[K';

export function createRowProgress(options: RowProgressOptions): RowProgress {
  const { stderr, isQuiet, signal, now = () => performance.now() } = options;
  const isShown = stderr.isTTY === true && !isQuiet;
  let isDrawn = false;
  let drawnAt = now();
  return {
    onProgress({ table, rows }) {
      signal.throwIfAborted();
      if (!isShown || now() - drawnAt < INTERVAL_MS) return;
      drawnAt = now();
      isDrawn = true;
      stderr.write(`${CLEAR_LINE}${table}: ${rows.toLocaleString('en')} rows`);
    },
    clear: () => {
      if (isDrawn) stderr.write(CLEAR_LINE);
      isDrawn = false;
    },
  };
}
