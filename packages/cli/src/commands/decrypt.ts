/** `sotto decrypt`: the text of a message, once it is known to be whole and from its sender. */
import { type EnvelopeMode, envelopeMode } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { type ByteSource, openStreamUnverified, PieceReader } from '@sotto/core/stream';
import { readPrivateKeyFile, readPublicKeyFile } from '../key-files.ts';
import { messageToBytes } from '../streams/base64.ts';
import type { StreamContext, StreamOptions } from '../streams/context.ts';
import { holdInput, withInput } from '../streams/input.ts';
import { writeOutput } from '../streams/output.ts';
import { createProgress } from '../streams/progress.ts';
import { readVerified } from '../streams/verified.ts';

export interface DecryptOptions extends StreamOptions {
  readonly key: readonly string[];
  readonly from: string;
}

/** The longest head there is, with some bytes to spare. */
const ENOUGH_FOR_HEAD = 4 * 1024 * 1024 + 16;

export async function decrypt(options: DecryptOptions, { signal, streams }: StreamContext): Promise<void> {
  const { key, from, in: path, out, quiet = false } = options;
  const { stdin, stdout, stderr } = streams;
  const keys = await Promise.all(key.map(readPrivateKeyFile));
  const signers = [await readPublicKeyFile(from)];
  await withInput({ path, stdin, signal }, async (input) => {
    const { size, read } = await holdInput(input, 'name a file with --in');
    // Read twice: to verify all of it, and to give it out.
    const progress = createProgress({ label: 'decrypting', total: 2 * size, stderr, isQuiet: quiet });
    const access = { keys, signers, mode: await readMode(messageToBytes(read())), atMost: size };
    const open = () =>
      openStreamUnverified(nodeProvider, { source: messageToBytes(progress.watch(read())), ...access });
    try {
      await writeOutput(await readVerified(open), { path: out, stdout, signal });
    } finally {
      progress.clear();
    }
  });
}

/** Which of the signed modes a message is read in; one that has no signature is refused in either. */
async function readMode(source: ByteSource): Promise<Exclude<EnvelopeMode, 'encrypt'>> {
  const reader = new PieceReader(source);
  try {
    const mode = envelopeMode(await reader.take(ENOUGH_FOR_HEAD));
    return mode === 'signThenEncrypt' ? mode : 'signAndEncrypt';
  } finally {
    await reader.close();
  }
}
