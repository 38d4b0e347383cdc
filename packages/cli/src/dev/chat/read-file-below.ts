/** Files of a folder, for who asks by URL. */
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isSystemError } from '../../terminal.ts';

/** Names that need no decoding and do not begin with a dot: no `..`, no `%2f`, no backslash, no hidden file. */
const PLAIN_PATH = /^(?:\w[\w-]*\/)*\w[\w-]*(?:\.\w[\w-]*)+$/;

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG']);

/** The file at `path` below `folder`; undefined if there is none, or if a symbolic link leads out to it. */
export async function readFileBelow(folder: string, path: string): Promise<Buffer<ArrayBuffer> | undefined> {
  if (!PLAIN_PATH.test(path)) return undefined;
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
    return file.startsWith(root + sep) ? await readFile(file) : undefined;
  } catch (error) {
    if (isSystemError(error) && ABSENT.has(error.code ?? '')) return undefined;
    throw error;
  }
}
