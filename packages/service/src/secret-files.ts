/**
 * Files with mode 0600 that appear whole or not at all, and are on disk when they do: each is written and synced under
 * another name first. A new file is then linked to its name, which only one of two first starts can do; the other reads
 * what is there.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** False, and nothing changed, if there is such a file already. */
export function createFile(file: string, content: string): boolean {
  if (existsSync(file)) return false;
  const temporary = writeTemporary(file, content);
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
  syncFolder(dirname(file));
  return true;
}

export function replaceFile(file: string, content: string): void {
  renameSync(writeTemporary(file, content), file);
  syncFolder(dirname(file));
}

function writeTemporary(file: string, content: string): string {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return temporary;
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
