/**
 * The command's manners. What was asked for goes to stdout, one thing a line, fit for a pipe; talk goes to stderr. An
 * error is one line, "sotto: what is wrong; the way out (code)", in lower case. The exit code says who has to act.
 */
import { REFUSALS } from './refusals.ts';

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

/** What a process ends with: 0 is all done. */
export const EXIT = { refused: 1, usage: 2, interrupted: 130 } as const;

/** One line for an error that was made to be read; for any other, which is a bug, also where it came from. */
export function describeError(error: unknown): string {
  if (isOurs(error)) return `sotto: ${placeOf(error)}${wordsOf(error)} (${error.code})`;
  if (isSystemError(error)) return `sotto: ${lowerFirst(error.message)}`;
  return `sotto: this is a bug in sotto: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** Usage is what the command line itself got wrong; everything else was tried, and refused or failed. */
export function exitCodeOf(error: unknown): number {
  return isOurs(error) && error.family === 'usage' ? EXIT.usage : EXIT.refused;
}

/** From an `AbortSignal`, or a pipe whose reader has had enough: whoever ended it knows why. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || (isSystemError(error) && error.code === 'EPIPE'));
}

interface OurError extends Error {
  readonly code: string;
  readonly family: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function wordsOf({ code, message, details }: OurError): string {
  return REFUSALS[code]?.(details) ?? lowerFirst(message).replace(/\.$/, '');
}

/** Where in JSON Lines it went wrong. */
function placeOf({ details }: OurError): string {
  return typeof details['line'] === 'number' ? `line ${details['line']}: ` : '';
}

/**
 * Told by its fields. To load `@sotto/core` for its `isSdkError` would take half as long again as to start Node, and all
 * that time a signal would find no handler.
 */
function isOurs(error: unknown): error is OurError {
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
