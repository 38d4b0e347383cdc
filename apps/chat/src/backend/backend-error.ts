/** The app's own backend did not answer, or refused. The message is for the user. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  /** Undefined where no answer came. */
  readonly status: number | undefined;

  constructor(message: string, { status, cause }: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.status = status;
  }
}
