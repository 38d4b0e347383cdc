/**
 * Servers of PostgreSQL that may be killed, promoted and started again over what they have stored, each in a folder and a process group of
 * its own. `@sotto/testing/postgres` is for tests that need a server and no more.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findFreePort, findPostgres } from '@sotto/testing/postgres';
import pg from 'pg';

export interface PostgresServer {
  /** `127.0.0.1:5432`. */
  readonly host: string;
  /** Asks it, over a connection of its own. */
  query<Row extends object>(sql: string): Promise<Row[]>;
  /** Starts it, and resolves when it answers. */
  start(): Promise<void>;
  /** As a machine loses its power: SIGKILL to all of its processes. */
  kill(): Promise<void>;
  /** Of a standby makes the server that takes writes. */
  promote(): void;
  /** From its next start on it takes no writes. */
  fence(): void;
}

export interface PostgresPair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** Names these servers, the first one first. */
  url(servers: readonly PostgresServer[]): string;
  /** Kills them and removes all that they stored. */
  close(): Promise<void>;
}

/**
 * Runs the server as long as the standard input is held open, which ends with the process that called, however that ends. The server
 * is a child of this shell and knows nothing of it.
 */
const GUARD = `
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -QUIT $server; } &
wait $server
kill $!
`;
const USER = 'sotto';
const STANDBY = 'standby1';

/** A primary that acknowledges a commit when the standby has it too. */
export async function startPair(): Promise<PostgresPair> {
  const found = findPostgres();
  if (found === undefined) throw new Error('PostgreSQL is missing. On Debian: apt-get install postgresql.');
  // There may be links to some of its programs alone on the path.
  const bin = dirname(realpathSync(join(found, 'postgres')));
  const ids = findUser();
  const folder = mkdtempSync('/tmp/sotto-pair-');
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [folder, passwordFile]) if (ids !== undefined) chownSync(path, ids.uid, ids.gid);

  const runProgram = (program: string, ...args: string[]) =>
    execFileSync(join(bin, program), args, {
      ...ids,
      cwd: '/',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const server = async (name: string): Promise<PostgresServer & { readonly data: string }> =>
    describeServer({ bin, ids, password, data: join(folder, name), port: await findFreePort(), runProgram });
  const url = (servers: readonly PostgresServer[]) =>
    `postgres://${USER}:${password}@${servers.map(({ host }) => host).join(',')}/postgres`;

  const [primary, standby] = [await server('primary'), await server('standby')];
  const init = [
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-sync',
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
  ];
  runProgram('initdb', `--pgdata=${primary.data}`, ...init);
  await primary.start();
  const source = `${url([primary])}?application_name=${STANDBY}`;
  runProgram(
    'pg_basebackup',
    `--pgdata=${standby.data}`,
    `--dbname=${source}`,
    '--write-recovery-conf',
    '--checkpoint=fast',
  );
  await standby.start();
  await primary.query(`alter system set synchronous_standby_names = 'ANY 1 (${STANDBY})'`);
  await primary.query('select pg_reload_conf()');
  await untilTrue(async () => {
    const rows = await primary.query<{ sync_state: string }>('select sync_state from pg_stat_replication');
    return rows.some(({ sync_state }) => sync_state === 'quorum');
  });
  return {
    primary,
    standby,
    url,
    async close() {
      await Promise.all([primary.kill(), standby.kill()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface ServerOptions {
  readonly bin: string;
  readonly ids: Ids | undefined;
  readonly password: string;
  readonly data: string;
  readonly port: number;
  readonly runProgram: (program: string, ...args: string[]) => unknown;
}

function describeServer(options: ServerOptions): PostgresServer & { readonly data: string } {
  const { bin, ids, password, data, port, runProgram } = options;
  const host = `127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const query = async <Row extends object>(sql: string): Promise<Row[]> => {
    const client = new pg.Client(`postgres://${USER}:${password}@${host}/postgres`);
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    host,
    data,
    query,
    async start() {
      const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
      const server = [join(bin, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])];
      const started = spawn('sh', ['-c', GUARD, 'sh', ...server], {
        ...ids,
        cwd: '/',
        env: { PATH: process.env['PATH'], LC_ALL: 'C' },
        stdio: ['pipe', 'ignore', 'ignore'],
        // What ends the group of our process is not to end the guard.
        detached: true,
      });
      child = started;
      await untilTrue(async () => {
        if (started.exitCode !== null) throw new Error(`PostgreSQL ended with status ${started.exitCode}`);
        return query('select 1').then(
          () => true,
          () => false,
        );
      });
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      const first = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
      for (const pid of [first, ...childrenOf(first)]) kill(pid);
      await ended;
      rmSync(join(data, 'postmaster.pid'));
    },
    promote: () => runProgram('pg_ctl', 'promote', '-D', data, '--wait'),
    fence() {
      const file = join(data, 'standby.signal');
      writeFileSync(file, '');
      if (ids !== undefined) chownSync(file, ids.uid, ids.gid);
    },
  };
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** The server refuses to run as root. Its packages come with a user for it. */
function findUser(): Ids | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const read = (option: string): number => Number(execFileSync('id', [option, 'postgres']));
  return { uid: read('-u'), gid: read('-g') };
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}

async function untilTrue(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}
