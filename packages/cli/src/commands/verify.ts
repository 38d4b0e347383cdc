/** `sotto verify`: whether somebody signed exactly these bytes. */
import { base64ToBytes, verify as isSignedBy } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { cliError } from '../errors.ts';
import { readPublicKeyFile } from '../key-files.ts';
import { withoutSpace } from '../streams/base64.ts';
import type { StreamContext, StreamOptions } from '../streams/context.ts';
import { readWhole, withInput } from '../streams/input.ts';

export interface VerifyOptions extends Pick<StreamOptions, 'in' | 'quiet'> {
  readonly from: string;
  readonly signature: string;
}

export async function verify(options: VerifyOptions, { terminal, signal, streams }: StreamContext): Promise<void> {
  const { from, signature, in: path, quiet = false } = options;
  const { stdin } = streams;
  const signer = await readPublicKeyFile(from);
  const claimed = await withInput({ path: signature, stdin, signal }, (input) =>
    readWhole(input, 'name a signature with --signature'),
  );
  const data = await withInput({ path, stdin, signal }, (input) =>
    readWhole(input, 'verify a list of checksums instead'),
  );
  if (!(await isSignedBy(nodeProvider, signer, data, base64ToBytes(withoutSpace(claimed))))) {
    throw cliError('cli/bad-signature', `not signed so by ${from}`, 'do not trust what was signed');
  }
  if (!quiet) terminal.say(`good signature by ${from}`);
}
