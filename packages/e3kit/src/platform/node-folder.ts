/** A directory of small files, each read and written as a whole, by several processes at once. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ensureDirectory,
  isMissing,
  removeFileDurably,
  removeUnfinishedFiles,
  writeFilesAtomically,
} from './node-atomic-write.ts';
import { toStorageError } from './node-errors.ts';
import type { NodeLocks } from './node-locks.ts';

type Bytes = Uint8Array;

/** All reject with `storage/unavailable`, writers also with `storage/full` and `storage/locked`. */
export interface NodeFolder {
  /** The file, or undefined where there is none. Needs no lock: writers replace files as a whole. */
  read(file: string): Promise<Bytes | undefined>;
  /** The names of the files, those of other programs and unfinished ones among them. */
  list(): Promise<string[]>;
  /** Replaces the file by what `change` makes of it, durably. No other writer comes between reading and writing. */
  update(file: string, change: (former: Bytes | undefined) => Bytes | Promise<Bytes>): Promise<void>;
  /** Replaces each of the files as a whole, durably. A failure may leave some of several unwritten. */
  replace(files: ReadonlyMap<string, Bytes>): Promise<void>;
  /** Deletes the file durably; whether there was one. */
  remove(file: string): Promise<boolean>;
}

/** Makes the directory if it is missing. Folders that share `locks` have one writer at a time. */
export async function openNodeFolder(directory: string, locks: NodeLocks): Promise<NodeFolder> {
  await translateErrors(directory, () => ensureDirectory(directory));
  let cleaned = false;

  /** Every writer holds this lock, so that whatever is unfinished once it is held belongs to the dead. */
  const write = <T>(task: () => Promise<T>): Promise<T> =>
    locks.run('write', () =>
      translateErrors(directory, async () => {
        if (!cleaned) await removeUnfinishedFiles(directory);
        cleaned = true;
        return task();
      }),
    );
  const readIfThere = (file: string) => readFileIfThere(join(directory, file));

  return {
    read: (file) =>
      translateErrors(directory, async () => {
        const bytes = await readIfThere(file);
        // A missing directory is no empty one: its disk may have been unmounted.
        if (bytes === undefined) await stat(directory);
        return bytes;
      }),
    list: () => translateErrors(directory, () => readdir(directory)),
    update: (file, change) =>
      write(async () => writeFilesAtomically(directory, new Map([[file, await change(await readIfThere(file))]]))),
    replace: (files) => write(() => writeFilesAtomically(directory, files)),
    remove: (file) => write(() => removeFileDurably(join(directory, file))),
  };
}

/** The bytes of a file, or undefined where there is none. Rejects with the error of the file system. */
async function readFileIfThere(path: string): Promise<Bytes | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function translateErrors<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw toStorageError(error, path);
  }
}
