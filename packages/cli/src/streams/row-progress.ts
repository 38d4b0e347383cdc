/** Which table a long job is at, as a line on stderr: where that is a terminal, and the job takes more than a moment. */
import type { OnProgress } from '@sotto/service';

export interface RowProgressOptions {
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly isQuiet: boolean;
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

export function createRowProgress({ stderr, isQuiet, now = () => performance.now() }: RowProgressOptions): RowProgress {
  const isShown = stderr.isTTY === true && !isQuiet;
  let isDrawn = false;
  let drawnAt = now();
  return {
    onProgress({ table, rows }) {
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
