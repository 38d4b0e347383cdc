/**
 * A lock across the processes of one machine, freed by the system when its holder dies, never stolen from the living.
 *
 * Node has no flock(). A file with a process id does not do: ids are reused, and mean nothing to another container
 * that shares the volume. Taking over a dead holder's file is a race of its own: two may judge it dead, and the slower
 * one takes the lock from the faster. So nobody takes over anything here. Whoever wants the lock
 *   1. listens on a local socket, which the system closes when the process dies, however it dies;
 *   2. announces that with a *ticket*, a file whose name is used once and never again;
 *   3. then reads all tickets, and holds the lock if no other ticket has a living listener.
 * Everyone announces before looking, so that of two rivals at least one sees the other. The lowest ticket stays and
 * waits, the others withdraw and come back, so exactly one gets on. Waiting is a connection to the rival's socket: its
 * end is the news. Tickets of the dead are deleted by anybody, safely, as their names never come back.
 *
 * Like SQLite's locks this is for local disks: the processes of another host cannot be seen through a network share.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { storageError } from '../storage-errors.ts';
import { ensureDirectory } from './node-atomic-write.ts';
import { toStorageError } from './node-errors.ts';
import { whenAborted } from './task-queue.ts';

export interface FileLockOptions {
  /** Made if missing, kept afterwards, and used for nothing else. One directory is one lock. */
  readonly directory: string;
  /** Limits the waiting, not the task. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `task` while nobody else runs one under this directory. Not re-entrant.
 * @throws `storage/locked` if `signal` aborts first, `storage/unavailable`, `storage/full`
 */
export async function withFileLock<T>({ directory, signal }: FileLockOptions, task: () => Promise<T>): Promise<T> {
  const release = await acquire(directory, signal).catch((error: unknown) => {
    throw toStorageError(error, directory);
  });
  try {
    return await task();
  } finally {
    await release();
  }
}

const ticketName = /^[0-9a-z]{9}-[0-9a-f]{16}$/;

async function acquire(directory: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  await ensureDirectory(directory);
  const hall = await enterHall(directory);
  // Who came first sorts first. A wrong clock costs fairness, never safety.
  const rank = Date.now().toString(36).padStart(9, '0');
  const aborted = whenAborted(signal);
  let ticket: Ticket | undefined;
  const leave = async () => {
    await ticket?.withdraw();
    await hall.handle?.close();
  };
  try {
    for (;;) {
      if (signal?.aborted) throw storageError('storage/locked', { cause: signal.reason });
      ticket ??= await announce(hall, rank);
      const own = ticket.name;
      const rivals = await findRivals(hall, own);
      const [lowest] = rivals;
      if (lowest === undefined) return leave;
      try {
        let news: Promise<unknown> = Promise.all(rivals.map(({ gone }) => gone));
        if (lowest.name < own) {
          await ticket.withdraw();
          ticket = undefined;
          news = lowest.gone;
        }
        await Promise.race([aborted, news]);
      } finally {
        for (const rival of rivals) rival.forget();
      }
    }
  } catch (error) {
    await leave();
    throw error;
  }
}

/** Where the contenders for one lock meet. */
interface Hall {
  readonly directory: string;
  readonly handle: FileHandle | undefined;
}

async function enterHall(directory: string): Promise<Hall> {
  return { directory, handle: reachesThroughHandle() ? await open(directory, 'r') : undefined };
}

/** Linux names a socket in a directory that is open by a short path, whatever the directory's own name. */
function reachesThroughHandle(): boolean {
  return process.platform === 'linux' || process.platform === 'android';
}

/**
 * Paths of sockets have about 100 bytes, less than many directories. Where there is no short way into the directory,
 * sockets lie in /tmp: unlike os.tmpdir(), it is the same for all processes of the machine.
 */
function listenerAddress({ handle }: Hall, ticket: string): string {
  if (handle && reachesThroughHandle()) return `/proc/self/fd/${handle.fd}/${ticket}.socket`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\sotto-${ticket}` : `/tmp/sotto-${ticket}.socket`;
}

interface Ticket {
  readonly name: string;
  withdraw(): Promise<void>;
}

/** Listens first and announces then: a ticket without a listener belongs to the dead. */
async function announce(hall: Hall, rank: string): Promise<Ticket> {
  const name = `${rank}-${randomBytes(8).toString('hex')}`;
  const path = join(hall.directory, name);
  const close = await listen(listenerAddress(hall, name));
  const withdraw = async () => {
    // Without its listener the ticket is void, so that failing to delete it is no failure to withdraw.
    await close();
    await rm(path, { force: true }).catch(() => {});
  };
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    await withdraw();
    throw error;
  }
  return { name, withdraw };
}

async function listen(address: string): Promise<() => Promise<void>> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => {}).on('close', () => waiting.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Not exclusive, a worker of node:cluster would listen in the name of its parent, and outlive itself.
    server.listen({ path: address, exclusive: true }, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of waiting) socket.destroy();
    });
}

interface Rival {
  readonly name: string;
  /** Resolves when it has withdrawn or died. */
  readonly gone: Promise<void>;
  forget(): void;
}

/** The living among the other contenders, lowest ticket first. Clears away the dead. */
async function findRivals(hall: Hall, own: string): Promise<Rival[]> {
  const names = (await readdir(hall.directory)).filter((name) => ticketName.test(name) && name !== own).sort();
  const rivals = await Promise.all(names.map((name) => watch(hall, name)));
  return rivals.filter((rival) => rival !== undefined);
}

async function watch(hall: Hall, name: string): Promise<Rival | undefined> {
  const address = listenerAddress(hall, name);
  const socket = connect(address);
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  const forget = () => socket.destroy();
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    socket.once('connect', () => resolve(undefined)).on('error', resolve);
  });
  if (failure?.code === 'ECONNREFUSED' || failure?.code === 'ENOENT') {
    await rm(join(hall.directory, name), { force: true });
    if (process.platform !== 'win32') await rm(address, { force: true });
    return undefined;
  }
  // Reset: it left while we knocked, which is news.
  if (failure === undefined || failure.code === 'ECONNRESET') return { name, gone, forget };
  // Not known to be dead (its queue may be full, say), so it counts as alive; there is no news to wait for, only time.
  return { name, gone: delay(50 + 100 * Math.random()), forget };
}
