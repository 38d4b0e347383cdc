/**
 * One process to a file: a lock beside it that names the process. A lock whose process is gone, as after a kill, is taken over;
 * so is one with our own number, which a container that started anew has again.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EmulatorError } from '../errors.ts';

/** Of this process. */
const held = new Set<string>();

/** Gives back how to let go. @throws EmulatorError `emulator/file-in-use` */
export function lockFile(file: string): () => void {
  const lock = `${resolve(file)}.lock`;
  mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
  if (held.has(lock) || (!create(lock) && isHeldElsewhere(lock))) {
    throw new EmulatorError('emulator/file-in-use', { details: { file } });
  }
  writeFileSync(lock, String(process.pid), { mode: 0o600 });
  held.add(lock);
  return () => {
    held.delete(lock);
    rmSync(lock, { force: true });
  };
}

function create(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isHeldElsewhere(lock: string): boolean {
  const holder = Number(readFileSync(lock, 'utf8'));
  if (!Number.isInteger(holder) || holder <= 0 || holder === process.pid) return false;
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
