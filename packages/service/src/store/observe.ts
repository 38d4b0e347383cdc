/** What a store tells about itself while it works, for metrics. */

/** `undone`: by what the work threw. `retried`: another transaction came between, or the connection was lost before the commit. */
export type TransactionOutcome = 'committed' | 'undone' | 'retried' | 'failed';

/** How many connections there are, and how many requests wait for one. */
export interface PoolUse {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface StoreEvents {
  /** One try of a transaction has ended. */
  transaction(outcome: TransactionOutcome, milliseconds: number): void;
  /** Called once when a database with a pool is opened, with what tells how it is used. */
  pool?(readUse: () => PoolUse): void;
}

export const noStoreEvents: StoreEvents = { transaction: () => undefined };
