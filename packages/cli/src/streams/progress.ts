/** How far a long job has come, as a line on stderr: where that is a terminal, and the job takes more than a moment. */

export interface ProgressOptions {
  /** What is done, such as "encrypting". */
  readonly label: string;
  /** In bytes. */
  readonly total: number;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly isQuiet: boolean;
  /** Milliseconds, of any beginning. */
  readonly now?: () => number;
}

export interface Progress {
  /** The same pieces, counted. */
  watch(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void>;
  /** Takes the line away. */
  readonly clear: () => void;
}

const INTERVAL_MS = 100;
const WIDTH = 30;
const CLEAR_LINE = '\r\x1b[K';

export function createProgress(options: ProgressOptions): Progress {
  const { label, total, stderr, isQuiet, now = () => performance.now() } = options;
  const isShown = stderr.isTTY === true && !isQuiet && total > 0;
  let done = 0;
  let isDrawn = false;
  let drawnAt = now();
  const draw = () => {
    if (!isShown || now() - drawnAt < INTERVAL_MS) return;
    drawnAt = now();
    isDrawn = true;
    const part = Math.min(1, done / total);
    const bar = '#'.repeat(Math.floor(part * WIDTH)).padEnd(WIDTH, '.');
    stderr.write(`${CLEAR_LINE}${label} [${bar}] ${Math.floor(part * 100)} %`);
  };
  return {
    async *watch(pieces) {
      for await (const piece of pieces) {
        done += piece.length;
        draw();
        yield piece;
      }
    },
    clear: () => {
      if (isDrawn) stderr.write(CLEAR_LINE);
    },
  };
}
