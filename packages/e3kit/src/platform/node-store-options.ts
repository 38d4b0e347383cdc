/** Options of every store in a directory. Apart from the stores, so that their types reach a caller without those of Node. */
import type { Clock } from '../ports.ts';

export interface EncryptedStoreOptions {
  /** Made with mode 0700 if missing; its parent must exist. Locks need a local disk. */
  readonly directory: string;
  /** How long to wait for another holder of a lock: 60,000 by default. */
  readonly lockTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}
