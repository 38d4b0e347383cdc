/**
 * A real PostgreSQL for tests, on a port and in a folder of its own. The programs are those of the system, on Debian the package
 * `postgresql`; others are named by the environment: `POSTGRES_BIN` is the folder in which they are.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, readdirSync } from 'node:fs';
import { chown, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface PostgresOptions {
  /** Whether a commit is on the disk before it is answered: true, unless given. */
  readonly fsync?: boolean;
  /** Called again if another program has taken the port in the meantime. */
  readonly findPort?: () => Promise<number>;
}

export interface Postgres {
  /** Of the database `postgres`, for a user that may do everything. */
  readonly url: string;
  /** Of the server's first process. */
  readonly pid: number;
  /** Stops the server and removes all that it stored. @throws Error with what it logged if it had ended before */
  close(): Promise<void>;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes a database and serves it as long as the standard input is held open, which ends with the process that called, however that
 * ends. The last `cat` reads what all processes of the server log, so that the folder is removed after the last one of them.
 */
const GUARD = `
folder=$1 bin=$2; shift 2
exec 3<&0
{
  {
    "$bin/initdb" --pgdata="$folder/data" --username=sotto --pwfile="$folder/password" --auth=scram-sha-256 \\
      --encoding=UTF8 --no-sync >/dev/null && exec "$bin/postgres" -D "$folder/data" "$@"
  } 3<&- &
  server=$!
  { read -r _ <&3; kill -QUIT $server; kill -TERM $server; } >/dev/null 2>&1 &
  wait $server
  echo "ended with status $?"
  kill $!
} 2>&1 | { cat || cat >/dev/null; rm -rf "$folder"; }
`;
const READY = /\[(\d+)\] LOG: +database system is ready to accept connections/;
const STOPPED = 'ended with status 0';
const PORT_TAKEN = 'Address already in use';

/** Characters of the log that are kept for errors. */
const MAX_LOG = 10_000;

/** The folder of PostgreSQL's programs, or undefined. */
export function findPostgres(): string | undefined {
  if (process.env['POSTGRES_BIN']) return process.env['POSTGRES_BIN'];
  const path = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const hasPrograms = (folder: string): boolean =>
    ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name)));
  return [...path, ...listDebianFolders()].find(hasPrograms);
}

/** @throws Error with what was logged if there is none or it does not start */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { fsync = true, findPort = findFreePort } = options;
  const bin = findPostgres();
  if (bin === undefined) throw new Error('PostgreSQL is missing. On Debian: apt-get install postgresql.');
  const [port, password, user] = [await findPort(), randomBytes(16).toString('hex'), findUser()];
  const folder = await makeFolder(user, password);
  const settings = [
    `port=${port}`,
    `fsync=${fsync}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    // In the folder, where it is removed after a crash too.
    'dynamic_shared_memory_type=mmap',
  ];
  const args = [folder, bin, ...settings.flatMap((setting) => ['-c', setting])];
  const guard = spawn('sh', ['-c', GUARD, 'sh', ...args], {
    ...user,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'inherit'],
    // What ends the group of our process is not to end the guard.
    detached: true,
  });
  const { ready, ended } = follow(guard);
  const pid = await ready;
  if (pid !== undefined) {
    return {
      url: `postgres://sotto:${password}@127.0.0.1:${port}/postgres`,
      pid,
      async close() {
        guard.stdin.end();
        const log = await ended;
        if (!log.includes(STOPPED)) throw new Error(`PostgreSQL had ended before it was closed.\n${log}`);
      },
    };
  }
  const log = await ended;
  if (log.includes(PORT_TAKEN)) return startPostgres(options);
  throw new Error(`PostgreSQL did not start.\n${log}`);
}

/** `ready` gives the server's process once it takes connections, or undefined if it ended; `ended` what was logged, the folder being gone. */
function follow(guard: ChildProcess): { readonly ready: Promise<number | undefined>; readonly ended: Promise<string> } {
  let log = '';
  const ended = once(guard, 'close').then(() => log);
  const ready = new Promise<number | undefined>((resolve, reject) => {
    guard.stdout?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-MAX_LOG);
      const [, pid] = READY.exec(log) ?? [];
      if (pid !== undefined) resolve(Number(pid));
    });
    ended.then(() => resolve(undefined), reject);
  });
  return { ready, ended };
}

/** The server refuses to run as root. Its packages come with a user for it. */
function findUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const read = (option: string): number => Number(execFileSync('id', [option, 'postgres']));
  return { uid: read('-u'), gid: read('-g') };
}

async function makeFolder(user: User | undefined, password: string): Promise<string> {
  // The folder that root has for temporary files may be closed to others.
  const folder = await mkdtemp(join(user ? '/tmp' : tmpdir(), 'sotto-postgres-'));
  const file = join(folder, 'password');
  await writeFile(file, password, { mode: 0o600 });
  if (user) for (const path of [file, folder]) await chown(path, user.uid, user.gid);
  return folder;
}

/** A port of this machine that nobody listens on. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** The newest first. */
function listDebianFolders(): string[] {
  const folder = '/usr/lib/postgresql';
  try {
    const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(folder, version, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
