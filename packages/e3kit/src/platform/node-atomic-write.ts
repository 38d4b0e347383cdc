/**
 * Files that are written whole or not at all, and that are on disk when the promise resolves: write beside the target,
 * flush, rename over it, flush the directory. A process killed at any moment leaves the old file or the new one.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The suffix is ours alone, so that a clean-up in a shared directory deletes nobody else's files. */
const unfinishedName = /\.[0-9a-f]{16}\.sotto-tmp$/;

/** Writes files of `directory`, by name, with mode 0600. Rejects with the first error of the file system, when all have ended. */
export async function writeFilesAtomically(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const written = await Promise.allSettled(
    Array.from(files, ([name, bytes]) => writeFileAtomically(join(directory, name), bytes)),
  );
  await flushDirectory(directory); // once for all of them
  for (const result of written) if (result.status === 'rejected') throw result.reason;
}

/** Writes one file, with mode 0600, from pieces that need not fit into memory. Rejects with the error of the file system, or of the pieces. */
export async function writePiecesAtomically(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  await writeFileAtomically(path, pieces);
  await flushDirectory(dirname(path));
}

async function writeFileAtomically(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.sotto-tmp`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await writeFile(file, content);
      // On macOS, libuv turns this into F_FULLFSYNC, without which the drive's own cache may lose the data.
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(unfinished, path);
  } catch (error) {
    // Best effort: the first error is the one that tells; removeUnfinishedFiles() takes what stays.
    await unlink(unfinished).catch(() => {});
    throw error;
  }
}

/** Deletes the file durably; whether there was one. */
export async function removeFileDurably(path: string): Promise<boolean> {
  try {
    await unlink(path);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  await flushDirectory(dirname(path));
  return true;
}

/** Makes the directory with mode 0700 if it is missing. Its parent must exist: a missing one may be an unmounted disk. */
export async function ensureDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  await flushDirectory(dirname(path));
}

/** Deletes what killed writers left in `directory`. Call it only while no other writer can be at work there. */
export async function removeUnfinishedFiles(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (unfinishedName.test(name)) await unlink(join(directory, name));
  }
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Windows refuses to replace a file that a reader or a virus scanner has open at that moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (process.platform !== 'win32' || !busy || attempt === 10) throw error;
      await delay(20 * 2 ** attempt * Math.random());
    }
  }
}

/** Windows cannot flush a directory; NTFS journals the rename itself. */
async function flushDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
