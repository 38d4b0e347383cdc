/**
 * The command's manners. What was asked for goes to stdout, one thing a line, fit for a pipe; talk goes to stderr. An
 * error is one line, "sotto: what is wrong; the way out", in lower case.
 */

export interface Terminal {
  /** Something that was asked for. */
  result(text: string): void;
  /** Something worth knowing. */
  say(text: string): void;
}

export function createTerminal(streams: Pick<NodeJS.Process, 'stdout' | 'stderr'>): Terminal {
  return {
    result: (text) => void streams.stdout.write(`${text}\n`),
    say: (text) => void streams.stderr.write(`${text}\n`),
  };
}

/** One line for an error that was made to be read; for any other, which is a bug, also where it came from. */
export function describeError(error: unknown): string {
  if (isOurs(error) || isSystemError(error)) return `sotto: ${lowerFirst(error.message).replace(/\.$/, '')}`;
  return `sotto: this is a bug in sotto: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/**
 * Told by its fields. To load `@sotto/core` for its `isSdkError` would take half as long again as to start Node, and all
 * that time a signal would find no handler.
 */
function isOurs(error: unknown): error is Error {
  return error instanceof Error && 'family' in error;
}

/** From the operating system, such as "EACCES: permission denied, mkdir '/data'". */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** Leaves names such as APP_KEY alone. */
function lowerFirst(text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}
