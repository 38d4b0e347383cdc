/** `sotto keygen`: a key pair, made here and sent nowhere. */
import { bytesToBase64, generateKeyPair, type KeyType, type PrivateKey, type PublicKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { cliError } from '../errors.ts';
import { createPrivateFile } from '../private-file.ts';
import type { Terminal } from '../terminal.ts';

export interface KeygenOptions {
  readonly type: KeyType;
  readonly pem?: boolean;
  /** Where the private key goes instead of stdout. */
  readonly out?: string;
}

export async function keygen(options: KeygenOptions, terminal: Terminal): Promise<void> {
  const { type, pem = false, out } = options;
  const { privateKey, publicKey } = await generateKeyPair(nodeProvider, type);
  const format = (key: PrivateKey | PublicKey) => (pem ? key.exportPem().trimEnd() : bytesToBase64(key.exportDer()));

  const privateText = format(privateKey);
  if (out === undefined) terminal.result(privateText);
  else await writeKeyFile(out, `${privateText}\n`);
  terminal.result(format(publicKey));
}

async function writeKeyFile(path: string, text: string): Promise<void> {
  try {
    await createPrivateFile(path, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw cliError('cli/file-exists', `${path} exists, and may hold a key`, 'choose another --out', error);
  }
}
