/** Where a command writes: stdout, or the file of `--out`, which gets all of it or stays as it was. */
import { lstat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cliError } from '../errors.ts';
import { replacePrivateFile } from '../private-file.ts';
import { isSystemError } from '../terminal.ts';

export interface OutputOptions {
  /** Stdout unless given. */
  readonly path?: string | undefined;
  readonly stdout: Writable;
  readonly signal: AbortSignal;
}

/** @throws `cli/no-regular-file`, `cli/unwritable-file`, and what the pieces throw */
export async function writeOutput(pieces: AsyncIterable<Uint8Array>, options: OutputOptions): Promise<void> {
  const { path, stdout, signal } = options;
  if (path === undefined) await pipeline(pieces, stdout, { end: false, signal });
  else {
    await requireReplaceable(path);
    await replacePrivateFile(path, pieces).catch(explainUnwritable(path));
  }
}

/** Of what goes wrong when the file is begun: the system would name another file, and a full disk has its own words. */
function explainUnwritable(path: string): (error: unknown) => never {
  return (error) => {
    if (!isSystemError(error) || error.syscall !== 'open') throw error;
    throw cliError('cli/unwritable-file', `${path} cannot be made`, 'check its folder, and who may write there', error);
  };
}

/** A rename would put a file in the place of a device such as /dev/null, and would take a link for what it leads to. */
export async function requireReplaceable(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  if (facts && !facts.isFile())
    throw cliError(
      'cli/no-regular-file',
      `${path} is there and no regular file`,
      'choose another --out, or redirect: > FILE',
    );
}
