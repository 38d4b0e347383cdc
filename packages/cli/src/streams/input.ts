/**
 * What a command reads: the file of an option, or stdin. A regular file, redirected or named, has a size and can be read
 * again from its beginning; a pipe comes once, unless it is held in memory.
 */
import { fstatSync, read as readCallback } from 'node:fs';
import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { concatBytes } from '@sotto/core';
import { cliError } from '../errors.ts';
import { isSystemError } from '../terminal.ts';

export interface Input {
  /** In bytes, where it is known before they are read. */
  readonly size?: number | undefined;
  /** All of it, in pieces. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** An input of known size, which can be read more than once. */
export type HeldInput = Input & { readonly size: number };

export interface InputOptions {
  /** Stdin unless given. */
  readonly path?: string | undefined;
  readonly stdin: Readable & { readonly fd: number };
  readonly signal: AbortSignal;
}

/** What is held of a pipe at most. */
export const MAX_HELD = 256 * 1024 * 1024;
const PIECE = 256 * 1024;
const readInto = promisify(readCallback);

/** @throws `cli/unreadable-file` */
export async function withInput<T>(options: InputOptions, task: (input: Input) => Promise<T>): Promise<T> {
  const { path, stdin, signal } = options;
  if (path === undefined) {
    const size = sizeOf(stdin.fd, 'stdin');
    return task(
      size === undefined ? { read: () => addAbortSignal(signal, stdin) } : regularFile(stdin.fd, size, signal),
    );
  }
  const file = await open(path).catch(explainUnreadable(path));
  try {
    const size = sizeOf(file.fd, path);
    const readOnce = () => file.createReadStream({ autoClose: false, signal });
    return await task(size === undefined ? { read: readOnce } : regularFile(file.fd, size, signal));
  } finally {
    await file.close();
  }
}

/** The input itself, or what comes through the pipe. @throws `cli/too-large` with `wayOut` */
export async function holdInput(input: Input, wayOut: string): Promise<HeldInput> {
  const { size } = input;
  if (size !== undefined) return { ...input, size };
  const pieces: Uint8Array[] = [];
  let held = 0;
  for await (const piece of input.read()) {
    held += piece.length;
    if (held > MAX_HELD) throw cliError('cli/too-large', 'more than 256 MiB came through a pipe', wayOut);
    pieces.push(piece);
  }
  return {
    size: held,
    read: async function* () {
      yield* pieces;
    },
  };
}

/** All of an input, for what has to be whole in memory. @throws `cli/too-large` with `wayOut` */
export async function readWhole(input: Input, wayOut: string): Promise<Uint8Array> {
  const { size, read } = await holdInput(input, wayOut);
  if (size > MAX_HELD) throw cliError('cli/too-large', 'the file has more than 256 MiB', wayOut);
  const pieces: Uint8Array[] = [];
  for await (const piece of read()) pieces.push(piece);
  return concatBytes(...pieces);
}

/** A handler for `catch` that words what the system says of a file that an option names, and passes on everything else. */
export function explainUnreadable(path: string): (error: unknown) => never {
  return (error) => {
    if (!isSystemError(error) || !['ENOENT', 'EACCES', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) throw error;
    const problem = error.code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw cliError('cli/unreadable-file', `${path} ${problem}`, 'check the path, and who may read it', error);
  };
}

/** Undefined for a pipe, a terminal or a device. */
function sizeOf(fd: number, name: string): number | undefined {
  const facts = fstatSync(fd);
  if (facts.isDirectory()) throw cliError('cli/unreadable-file', `${name} is a folder`, 'name a file in it');
  return facts.isFile() ? facts.size : undefined;
}

function regularFile(fd: number, size: number, signal: AbortSignal): HeldInput {
  return {
    size,
    async *read() {
      for (let position = 0; ; ) {
        signal.throwIfAborted();
        // Memory of its own: whoever takes a piece may keep it.
        const { bytesRead, buffer } = await readInto(fd, new Uint8Array(PIECE), 0, PIECE, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
  };
}
