/** What calls that take several steps share: they report where they are, can be aborted, and say if their work was done already. */

/** `already-done`: all was as it should be, and nothing was changed. */
export type Outcome = 'done' | 'already-done';

/**
 * `brain-key`: the service helps to turn a password into a key. `read`, `write`, `check`: the backup is fetched, stored, and
 * fetched once more and opened. `publish`: a card is published.
 */
export type ProgressStep = 'brain-key' | 'read' | 'write' | 'check' | 'publish';

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as each step begins. */
  readonly onProgress?: ((step: ProgressStep) => void) | undefined;
}
