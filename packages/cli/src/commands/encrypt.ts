/** `sotto encrypt`: a message of the kind that `authEncrypt` makes, of any length. */
import { nodeProvider } from '@sotto/core/node';
import { signAndEncryptStream } from '@sotto/core/stream';
import { cliError } from '../errors.ts';
import { readPrivateKeyFile, readPublicKeyFile } from '../key-files.ts';
import { bytesToText } from '../streams/base64.ts';
import { holdInput, withInput } from '../streams/input.ts';
import { writeOutput } from '../streams/output.ts';
import { createProgress } from '../streams/progress.ts';
import type { StreamContext, StreamOptions } from '../streams/context.ts';

export interface EncryptOptions extends StreamOptions {
  readonly key: string;
  readonly to: readonly string[];
  /** Base64 instead of bytes. */
  readonly text?: boolean;
  /** In bytes. */
  readonly size?: number;
}

export async function encrypt(options: EncryptOptions, { signal, streams }: StreamContext): Promise<void> {
  const { key, to, in: path, out, text = false, quiet = false } = options;
  const { stdin, stdout, stderr } = streams;
  if (!text && out === undefined && stdout.isTTY) {
    throw cliError(
      'cli/binary-to-terminal',
      'a message is bytes that a terminal cannot show',
      'add --text or --out FILE',
    );
  }
  const signer = await readPrivateKeyFile(key);
  const recipients = [signer.publicKey, ...(await Promise.all(to.map(readPublicKeyFile)))];
  await withInput({ path, stdin, signal }, async (input) => {
    const { size, read } =
      options.size === undefined
        ? await holdInput(input, 'name a file with --in, or say how many bytes come with --size')
        : { ...input, size: options.size };
    const progress = createProgress({ label: 'encrypting', total: size, stderr, isQuiet: quiet });
    const source = progress.watch(read());
    const message = signAndEncryptStream(nodeProvider, { source, size, signer, recipients, padding: true });
    try {
      await writeOutput(text ? bytesToText(message) : message, { path: out, stdout, signal });
    } finally {
      progress.clear();
    }
  });
}
