/**
 * The servers that a database URL names, and a pool of connections to the one of them that takes writes. When that one
 * is gone, as after a fail-over, the next is asked, until one is found.
 *
 * A commit waits for the disk, and for the standby where the server has a synchronous one. So a server's weaker setting is
 * raised for our sessions, and an answer to a commit that comes with a warning is not believed: PostgreSQL gives it when
 * somebody cancels the wait (source: PostgreSQL 15 manual, §27.2.8).
 */

import pg from 'pg';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { StoreBusyError, StoreUnavailableError } from '../errors.ts';
import type { PoolUse } from '../observe.ts';
import { explainPostgresError } from './postgres-errors.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:5432,other-host:5432/database?sslmode=verify-full`. */
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** How long a request waits for a connection, and for a server to come back. */
  readonly patienceMilliseconds: number;
}

/** For a server to take a connection. */
const CONNECT_MILLISECONDS = 3000;
/** For a statement: on the server, and, where it cannot say so any more, here. */
const STATEMENT_MILLISECONDS = 20_000;
const SILENCE_MILLISECONDS = 25_000;
/** Between two rounds of asking all servers. */
const PAUSE_MILLISECONDS = 100;

const SESSION = `
  select set_config('statement_timeout', '${STATEMENT_MILLISECONDS}', false),
    set_config('lock_timeout', '${STATEMENT_MILLISECONDS / 2}', false),
    set_config('idle_in_transaction_session_timeout', '${STATEMENT_MILLISECONDS}', false),
    set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local')
      then 'on' else current_setting('synchronous_commit') end, false),
    current_setting('transaction_read_only') = 'on' as is_read_only`;

export class PostgresHosts implements PostgresPool {
  readonly #pools: readonly pg.Pool[];
  readonly #patienceMilliseconds: number;
  #current = 0;
  #isEnded = false;

  constructor({ url, poolSize, patienceMilliseconds }: PostgresOptions) {
    this.#pools = splitHosts(url).map((hostUrl) => createPool(hostUrl, { poolSize, patienceMilliseconds }));
    this.#patienceMilliseconds = patienceMilliseconds;
  }

  /** Of the server that is asked now. */
  get use(): PoolUse {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  async connect(): Promise<PostgresPoolClient> {
    return new HostConnection(await this.#connectToWritable(), () => this.#connectToWritable());
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await Promise.all(this.#pools.map((pool) => pool.end()));
  }

  get #pool(): pg.Pool {
    const pool = this.#pools[this.#current];
    if (pool === undefined) throw new RangeError('a URL names at least one host');
    return pool;
  }

  /** @throws StoreUnavailableError, StoreBusyError */
  async #connectToWritable(): Promise<pg.PoolClient> {
    // Not by the time of day: set back while one waits, it would make the wait as much longer.
    const giveUpAt = performance.now() + this.#patienceMilliseconds;
    for (let tries = 1; ; tries++) {
      const pool = this.#pool;
      try {
        return await pool.connect();
      } catch (cause) {
        if (this.#isEnded) throw new StoreUnavailableError('the store was closed', { cause });
        if (isRefused(cause))
          throw new StoreUnavailableError('the server refuses user, password or database', { cause });
        if (pool === this.#pool && isWaitOver(cause)) throw new StoreBusyError({ cause });
        if (performance.now() >= giveUpAt)
          throw new StoreUnavailableError('no database server takes writes', { cause });
        if (pool === this.#pool) this.#current = (this.#current + 1) % this.#pools.length;
        if (tries % this.#pools.length === 0) await pause();
      }
    }
  }
}

/** One connection as long as somebody has it. What it fails with is an error of the store. */
class HostConnection implements PostgresPoolClient {
  readonly #reconnect: () => Promise<pg.PoolClient>;
  /** Undefined while, and if, another could not be had in place of a broken one. */
  #client: pg.PoolClient | undefined;
  #isInTransaction = false;
  #isBroken = false;

  constructor(client: pg.PoolClient, reconnect: () => Promise<pg.PoolClient>) {
    this.#client = client;
    this.#reconnect = reconnect;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new TypeError('cursors are not used here');
    return this.#ask<R>(sql, parameters);
  }

  release(): void {
    this.#client?.release(this.#isBroken || this.#isInTransaction);
  }

  async #ask<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (sql === 'commit') return this.#commit();
    if (/^(begin|start transaction)/.test(sql)) return this.#begin(sql);
    try {
      const result = await this.#run<R>(sql, parameters);
      if (sql === 'rollback') this.#isInTransaction = false;
      return result;
    } catch (error) {
      // Outside of a transaction there are reads only: on another connection they can be asked again.
      const mayRepeat = error instanceof StoreUnavailableError && !this.#isInTransaction && sql.startsWith('select');
      if (!mayRepeat) throw error;
      await this.#replaceClient();
      return this.#run(sql, parameters);
    }
  }

  async #begin<R>(sql: string): Promise<PostgresQueryResult<R>> {
    try {
      return await this.#run(sql, []);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await this.#replaceClient();
      return await this.#run(sql, []);
    } finally {
      this.#isInTransaction = true;
    }
  }

  async #commit<R>(): Promise<PostgresQueryResult<R>> {
    let warning: string | undefined;
    const note = ({ severity, message }: { severity?: string | undefined; message?: string | undefined }) => {
      if (severity === 'WARNING') warning = message;
    };
    const client = this.#client;
    client?.on('notice', note);
    try {
      const result = await this.#run<R>('commit', []);
      this.#isInTransaction = false;
      if (warning !== undefined || (result.command as string) !== 'COMMIT') {
        throw new StoreUnavailableError(`a commit was answered with "${warning ?? result.command}"`);
      }
      return result;
    } finally {
      client?.off('notice', note);
    }
  }

  async #run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // Over one that fell silent a rollback would wait as long once more.
    if (this.#client === undefined || this.#isBroken) throw new StoreUnavailableError('the connection was lost');
    try {
      return (await this.#client.query(sql, [...parameters])) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      const explained = explainPostgresError(error);
      if (explained instanceof StoreUnavailableError) this.#isBroken = true;
      throw explained;
    }
  }

  async #replaceClient(): Promise<void> {
    this.#client?.release(true);
    this.#client = undefined;
    this.#client = await this.#reconnect();
    this.#isBroken = false;
  }
}

function createPool(url: string, { poolSize, patienceMilliseconds }: Omit<PostgresOptions, 'url'>): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: 'sotto',
    Client: QuickClient,
    connectionTimeoutMillis: patienceMilliseconds,
    query_timeout: SILENCE_MILLISECONDS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool waits for it; its types do not say so
    onConnect: prepareSession,
  });
  // Of a connection that nobody uses: the pool has dropped it, and the next request opens another.
  pool.on('error', () => undefined);
  return pool;
}

/** The pool has one time limit for both, to wait for a connection that is in use and for a server that does not answer. */
class QuickClient extends pg.Client {
  constructor(config: pg.ClientConfig = {}) {
    const milliseconds = Math.min(CONNECT_MILLISECONDS, config.connectionTimeoutMillis ?? CONNECT_MILLISECONDS);
    super({ ...config, connectionTimeoutMillis: milliseconds });
  }
}

async function prepareSession(client: pg.ClientBase): Promise<void> {
  // While a query runs its own error says so; what comes after it has nobody left to tell.
  client.on('error', () => undefined);
  const { rows } = await client.query<{ is_read_only: boolean }>(SESSION);
  if (rows[0]?.is_read_only !== false) throw new Error('this server takes no writes');
}

/** What no waiting mends: a wrong password, a database that does not exist, rights that are missing. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && /^(28...|3D000|42501)$/.test((error as NodeJS.ErrnoException).code ?? '');
}

/** Whether all connections were in use for as long as one waits for them; the pool has no code for it. */
function isWaitOver(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** int8 and numeric. */
const NUMBER_OIDS: readonly number[] = [20, 1700];

/** PostgreSQL gives 64-bit numbers and sums as text. Ours are times, counts and bytes, far below 2^53. */
function getTypeParser(...[oid, format]: Parameters<typeof pg.types.getTypeParser>) {
  if (NUMBER_OIDS.includes(oid)) return Number;
  return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
}

/** One URL for each host. */
export function splitHosts(url: string): string[] {
  const found = /^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)([^/?]+)(.*)$/s.exec(url);
  if (found === null) return [url];
  const [, start = '', hosts = '', rest = ''] = found;
  return hosts.split(',').map((host) => `${start}${host}${rest}`);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS * (0.5 + Math.random())));
}
