/**
 * What the client asks of its surroundings. Each port has adapters in `platform/` and one acceptance suite in
 * `@sotto/testing` that every adapter passes. Use cases know the ports only.
 */

/** One named value of a key store. `value` is secret; `meta` is not. Times are milliseconds since 1970. */
export interface KeyEntry {
  readonly name: string;
  readonly value: Uint8Array;
  readonly meta: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/**
 * The device's store of private keys. A write is on disk when its promise resolves, and replaces a value as a whole:
 * whoever reads sees the old or the new one. Names are any non-empty strings, told apart exactly (case, Unicode form).
 * @throws `storage/unavailable`, `storage/locked`, `storage/damaged`, `storage/wrong-key`, `storage/full`, `storage/bad-argument`
 */
export interface KeyStore {
  /** The entry, or undefined where there is none. */
  load(name: string): Promise<KeyEntry | undefined>;
  /** Creates or replaces; keeps `createdAt` of an entry that is there. */
  save(name: string, value: Uint8Array, meta?: Readonly<Record<string, string>>): Promise<KeyEntry>;
  /** Whether there was such an entry. */
  remove(name: string): Promise<boolean>;
  /** All entries, in no particular order. */
  list(): Promise<KeyEntry[]>;
  /**
   * Runs `task` while no other holder of this store, in this process or another, runs one under the same name.
   * A holder that dies frees the lock. Not re-entrant.
   */
  withLock<T>(name: string, task: () => Promise<T>): Promise<T>;
  /**
   * Calls `listener` when another holder, such as another tab, has changed the store. Gives back how to stop. Absent where a
   * store cannot tell.
   */
  onChange?(listener: () => void): () => void;
}

/** What the official client left on this device: private keys, by identity. */
export interface OfficialStorage {
  /** The DER of the user's key, or undefined where there is none. @throws `storage/unavailable`, `storage/unreadable-official-key` */
  load(identity: string): Promise<Uint8Array | undefined>;
  remove(identity: string): Promise<void>;
}

/**
 * Public facts that this device has seen (cards, the pinned service key), as text by name. What is lost here can be fetched
 * again, at the price of trusting anew; what is read is verified again by the caller.
 */
export interface CardCache {
  read(name: string): Promise<string | undefined>;
  /** Creates or replaces each text as a whole; a failure may leave some of several unwritten. */
  write(texts: ReadonlyMap<string, string>): Promise<void>;
  remove(name: string): Promise<boolean>;
  list(): Promise<string[]>;
}

/** Whose groups they are. Users of different applications are different users, whatever their names. */
export interface GroupStoreUser {
  readonly appId: string;
  readonly identity: string;
}

/**
 * Groups as this device last knew them, by session id (64 hex digits). Values are sealed by the caller, so that the store need
 * not keep a secret; what is lost here is loaded from the service again. A write is on disk when its promise resolves, and replaces a
 * value as a whole. @throws `storage/unavailable`, `storage/locked`, `storage/full`
 */
export interface GroupStore {
  load(user: GroupStoreUser, sessionId: string): Promise<Uint8Array | undefined>;
  save(user: GroupStoreUser, sessionId: string, value: Uint8Array): Promise<void>;
  /** Whether there was such a group. */
  remove(user: GroupStoreUser, sessionId: string): Promise<boolean>;
  /** Removes all groups of this user. */
  clear(user: GroupStoreUser): Promise<void>;
}

/**
 * One HTTP exchange; any status resolves.
 * @throws `transport/unreachable`, `transport/timeout`, `transport/aborted`, `transport/bad-response`
 */
export interface Http {
  (request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Header value by lower-case name, or undefined. */
  header(name: string): string | undefined;
  readonly body: string;
}

/** Milliseconds since 1970. */
export type Clock = () => number;
