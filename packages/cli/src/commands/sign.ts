/** `sotto sign`: a signature apart from what is signed. */
import { bytesToBase64, sign as signBytes } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { readPrivateKeyFile } from '../key-files.ts';
import type { StreamContext, StreamOptions } from '../streams/context.ts';
import { readWhole, withInput } from '../streams/input.ts';

export interface SignOptions extends Pick<StreamOptions, 'in'> {
  readonly key: string;
}

export async function sign(options: SignOptions, { terminal, signal, streams }: StreamContext): Promise<void> {
  const key = await readPrivateKeyFile(options.key);
  const data = await withInput({ path: options.in, stdin: streams.stdin, signal }, (input) =>
    readWhole(input, 'sign a list of checksums instead'),
  );
  terminal.result(bytesToBase64(await signBytes(nodeProvider, key, data)));
}
