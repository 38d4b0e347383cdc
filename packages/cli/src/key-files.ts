/** Keys and passphrases of options: files as `sotto keygen` writes them, a line of base64 or PEM. Private ones are for their owner's eyes only. */
import { type FileHandle, open } from 'node:fs/promises';
import {
  base64ToBytes,
  bytesToUtf8,
  concatBytes,
  importPrivateKey,
  importPublicKey,
  isSdkError,
  type PrivateKey,
  type PublicKey,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { cliError } from './errors.ts';
import { withoutSpace } from './streams/base64.ts';
import { explainUnreadable } from './streams/input.ts';

/** Whoever has a backup can try passphrases for years. */
const LEAST_PASSPHRASE_LENGTH = 12;
const MAX_LENGTH = 64 * 1024;
const READABLE_BY_OTHERS = 0o077;

/** @throws `cli/unreadable-file`, `cli/open-key-file`, `cli/no-key-in-file`, `key/*` */
export async function readPrivateKeyFile(path: string): Promise<PrivateKey> {
  const bytes = await readKeyFile(path, requirePrivate);
  return importPrivateKey(nodeProvider, bytes).catch(
    explainNoKey(path, 'private', 'name the file that sotto keygen --out wrote'),
  );
}

/** @throws `cli/unreadable-file`, `cli/no-key-in-file`, `key/*` */
export async function readPublicKeyFile(path: string): Promise<PublicKey> {
  const bytes = await readKeyFile(path, async () => {});
  try {
    return importPublicKey(bytes);
  } catch (error) {
    return explainNoKey(path, 'public', 'name a file with the line that sotto keygen printed')(error);
  }
}

/** The first line of a file that nobody else can read. @throws `cli/unreadable-file`, `cli/open-key-file`, `cli/short-passphrase` */
export async function readPassphraseFile(path: string): Promise<string> {
  const [line = ''] = bytesToUtf8(await readBytes(path, requirePrivate)).split(/\r?\n/, 1);
  if (line.length >= LEAST_PASSPHRASE_LENGTH) return line;
  const wayOut = `write one of ${LEAST_PASSPHRASE_LENGTH} characters or more in its first line`;
  throw cliError('cli/short-passphrase', `the passphrase in ${path} is too short`, wayOut);
}

async function readKeyFile(
  path: string,
  check: (path: string, file: FileHandle) => Promise<void>,
): Promise<Uint8Array> {
  const bytes = await readBytes(path, check);
  return decodeLine(bytes) ?? bytes;
}

async function readBytes(path: string, check: (path: string, file: FileHandle) => Promise<void>): Promise<Uint8Array> {
  const file = await open(path).catch(explainUnreadable(path));
  try {
    await check(path, file);
    const pieces: Uint8Array[] = [];
    for await (const piece of file.createReadStream({ autoClose: false, end: MAX_LENGTH }))
      pieces.push(piece as Buffer);
    return concatBytes(...pieces);
  } catch (error) {
    return explainUnreadable(path)(error);
  } finally {
    await file.close();
  }
}

/** What stands in a line of base64, or undefined for anything else. */
function decodeLine(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return base64ToBytes(withoutSpace(bytes));
  } catch {
    return undefined;
  }
}

/** Windows has no such modes, and a pipe such as `<(pass show key)` is nobody else's to read. */
async function requirePrivate(path: string, file: FileHandle): Promise<void> {
  const facts = await file.stat();
  if (process.platform === 'win32' || !facts.isFile() || (facts.mode & READABLE_BY_OTHERS) === 0) return;
  throw cliError('cli/open-key-file', `${path} can be read by others than its owner`, `run: chmod 600 ${path}`);
}

function explainNoKey(path: string, kind: string, wayOut: string): (error: unknown) => never {
  return (error) => {
    if (!isSdkError(error, 'key/malformed')) throw error;
    throw cliError('cli/no-key-in-file', `${path} holds no ${kind} key`, wayOut, error);
  };
}
