/** `sotto inspect`: what bytes are, and what they show to everybody. It takes no private key and decrypts nothing. */
import { concatBytes } from '@sotto/core';
import { cliError } from '../errors.ts';
import { describeFinding } from '../inspect/describe.ts';
import { inspectBytes, type Sample } from '../inspect/inspect-bytes.ts';
import { createKeyNames } from '../inspect/known-keys.ts';
import { readPublicKeyFile } from '../key-files.ts';
import type { StreamContext } from '../streams/context.ts';
import { type Input, withInput } from '../streams/input.ts';

export interface InspectOptions {
  /** Stdin unless given. */
  readonly path?: string | undefined;
  readonly know?: readonly string[];
  readonly json?: boolean;
}

/** A head has at most 4 MiB, a third more in base64. */
const MAX_READ = 16 * 1024 * 1024;

export async function inspect(options: InspectOptions, { terminal, signal, streams }: StreamContext): Promise<void> {
  const { path, know = [], json = false } = options;
  const known = await Promise.all(know.map(async (file) => ({ path: file, key: await readPublicKeyFile(file) })));
  const sample = await withInput({ path, stdin: streams.stdin, signal }, readSample);
  if (sample.bytes.length === 0) throw cliError('cli/unknown-format', 'there is nothing to inspect', 'name a file');
  const finding = inspectBytes(sample, createKeyNames(known));
  terminal.result(json ? JSON.stringify(finding, undefined, 2) : describeFinding(finding));
}

/** The beginning, and the size where it is known or not far. */
async function readSample({ size, read }: Input): Promise<Sample> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of read()) {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_READ) return { bytes: concatBytes(...pieces).subarray(0, MAX_READ), size };
  }
  return { bytes: concatBytes(...pieces), size: length };
}
