/**
 * A folder for what may lie in clear while a command runs, and no longer. Its name has the number of the process, so that the next
 * command can tell what one left that was killed.
 */
import { rmSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cliError } from './errors.ts';
import { isSystemError } from './terminal.ts';

const NAME = /^\.sotto-(\d+)-[A-Za-z0-9]{6}$/;

/** Of this process. */
const inUse = new Set<string>();

/**
 * Mode 0700, in `parent`; removed with all that is in it, however the task or the process ends. Only a process that is killed outright
 * leaves it; those are removed here too. @throws `cli/unwritable-file`
 */
export async function withPrivateFolder<T>(parent: string, task: (folder: string) => Promise<T>): Promise<T> {
  await removeLeftOvers(parent);
  const folder = await mkdtemp(join(parent, `.sotto-${process.pid}-`)).catch((error: unknown) => {
    if (!isSystemError(error)) throw error;
    throw cliError('cli/unwritable-file', `no folder can be made in ${parent}`, 'check who may write there', error);
  });
  inUse.add(folder);
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', removeNow);
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeNow);
    inUse.delete(folder);
  }
}

/** Of others' folders, as there are in /tmp, none is touched. */
async function removeLeftOvers(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const [, pid] = NAME.exec(name) ?? [];
    const path = join(parent, name);
    if (pid === undefined || inUse.has(path) || isRunning(Number(pid))) continue;
    const facts = await lstat(path).catch(() => undefined);
    if (facts?.isDirectory() && facts.uid === (process.getuid?.() ?? facts.uid))
      await rm(path, { recursive: true, force: true });
  }
}

/** Our own number is that of one who had it before, as each start of a container has. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error) && error.code === 'EPERM';
  }
}
