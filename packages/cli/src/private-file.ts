/** Files that only their owner may read, written as a whole: whoever reads sees the old or the new content. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces `path`; the new content is on disk when this resolves, and survives a crash at any moment. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeSynced(temporary, text, 'w');
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Creates `path`; where there is something already, rejects with the system's EEXIST and leaves it alone. */
export async function createPrivateFile(path: string, text: string): Promise<void> {
  await writeSynced(path, text, 'wx');
}

async function writeSynced(path: string, text: string, flags: 'w' | 'wx'): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
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
