/** What a store says when it is not the caller's fault. Each leaves the database as it was, but for `StoreUnavailableError`. */

/** There is no room on the disk of the database. What is there can be read. */
export class StoreFullError extends Error {
  constructor(options: ErrorOptions) {
    super('the disk of the database is full', options);
    this.name = 'StoreFullError';
  }
}

/** Another transaction came between. The store runs the work again by itself; a query may throw it to ask for that. */
export class StoreConflictError extends Error {
  constructor(options: ErrorOptions = {}) {
    super('another transaction came between', options);
    this.name = 'StoreConflictError';
  }
}

/** The database does not answer, or not as it should. Whether what was asked last has happened nobody knows. */
export class StoreUnavailableError extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'StoreUnavailableError';
  }
}

/** More is asked at once than there are connections for. Nothing was begun. */
export class StoreBusyError extends Error {
  constructor(options: ErrorOptions = {}) {
    super('all connections to the database are in use', options);
    this.name = 'StoreBusyError';
  }
}
