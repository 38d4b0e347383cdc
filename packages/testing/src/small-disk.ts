/**
 * A disk of a few pages, for tests of what happens when it is full: a tmpfs in a mount namespace of its own, for which Linux asks
 * nobody who is root. It lives as long as the process that holds the namespace.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  /** The way to it for this process. SQLite takes the way that it has inside. */
  readonly folder: string;
  /** The same place for a command that was started by `inside`. */
  readonly folderInside: string;
  /** Command and arguments that run in the namespace of the disk. */
  inside(command: string, ...args: readonly string[]): [string, string[]];
  /** Fills the disk until so many bytes are left, which counts in pages of 4096. */
  leave(bytes: number): Promise<void>;
  /** Takes away what filled the disk. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const NAMESPACES = ['--user', '--mount'];

/** Whether this system lets a user mount a disk. Containers often do not. */
export function canMountDisk(): boolean {
  const tried = spawnSync('unshare', [...NAMESPACES, '--map-root-user', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]);
  return tried.status === 0 && spawnSync('nsenter', ['--version']).status === 0;
}

export async function openSmallDisk(bytes: number): Promise<SmallDisk> {
  const folderInside = await mkdtemp(join(tmpdir(), 'sotto-disk-'));
  const mount = `mount -t tmpfs -o mode=700,size=${bytes} tmpfs "$0" && echo mounted && exec cat`;
  const holder = spawn('unshare', [...NAMESPACES, '--map-root-user', 'sh', '-c', mount, folderInside]);
  await whenMounted(holder);
  const pid = String(holder.pid);
  const folder = `/proc/${pid}/root${folderInside}`;
  const filler = join(folder, 'filler');
  return {
    folder,
    folderInside,
    inside: (command, ...args) => [
      'nsenter',
      [...NAMESPACES, '--preserve-credentials', `--target=${pid}`, '--', command, ...args],
    ],
    async leave(left) {
      await rm(filler, { force: true });
      const { bavail, bsize } = await statfs(folder);
      await writeFile(filler, Buffer.alloc(bavail * bsize - left));
    },
    empty: () => rm(filler, { force: true }),
    async close() {
      const ended = once(holder, 'exit');
      holder.stdin.end();
      await ended;
      await rmdir(folderInside);
    },
  };
}

async function whenMounted(holder: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    holder.stdout?.once('data', () => resolve());
    holder.once('error', reject);
    holder.once('exit', () => reject(new Error('no disk could be mounted')));
  });
}
