/** What commands that turn one stream into another are given. */
import type { Terminal } from '../terminal.ts';

export interface StreamOptions {
  /** Stdin unless given. */
  readonly in?: string;
  /** Stdout unless given. */
  readonly out?: string;
  /** Says nothing of what goes well. */
  readonly quiet?: boolean;
}

export interface StreamContext {
  readonly terminal: Terminal;
  /** Ends it; what was begun is taken away. */
  readonly signal: AbortSignal;
  readonly streams: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>;
}
