/** Files that only their owner may read, written as a whole: whoever reads sees the old or the new content. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Text, or bytes in pieces that need not fit into memory. */
type Content = string | AsyncIterable<Uint8Array>;

/** Replaces `path`; the new content is on disk when this resolves, and survives a crash at any moment. */
export async function replacePrivateFile(path: string, content: Content): Promise<void> {
  // A name that nobody else in a shared folder can have put a link under.
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await writeSynced(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Gives a file that is on disk another name in the same file system, in place of what had it. */
export async function movePrivateFile(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Creates `path`; where there is something already, rejects with the system's EEXIST and leaves it alone. */
export async function createPrivateFile(path: string, text: string): Promise<void> {
  await writeSynced(path, text);
}

async function writeSynced(path: string, content: Content): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await writeFile(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is durable once its folder is. Windows cannot open a folder, and has no need to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
