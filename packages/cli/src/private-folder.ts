/** A folder for what may lie in clear while a command runs, and no longer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cliError } from './errors.ts';
import { isSystemError } from './terminal.ts';

/** Mode 0700, in `parent`; removed with all that is in it, however the task ends. @throws `cli/unwritable-file` */
export async function withPrivateFolder<T>(parent: string, task: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, '.sotto-')).catch((error: unknown) => {
    if (!isSystemError(error)) throw error;
    throw cliError('cli/unwritable-file', `no folder can be made in ${parent}`, 'check who may write there', error);
  });
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
