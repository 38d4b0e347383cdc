/** Encrypting and decrypting from path to path, on Node: for files that do not fit into memory. */
import { isSdkError } from '@sotto/core';
import type { EThreeBase } from '../e3kit.ts';
import { openPath, writePath } from '../platform/node-path.ts';
import type { Reader, Readers } from '../use-cases/encrypt.ts';
import type { DecryptFileOptions } from './decrypt-file.ts';
import type { EncryptFileOptions } from './encrypt-file.ts';
import { toIntegrityError } from './file-errors.ts';
import { readFile, requireFile } from './source.ts';
import { toSource } from './web-stream.ts';

interface Paths {
  readonly source: string;
  /** Written as a whole or not at all, with mode 0600, in place of a file that may be there. It may be the source. */
  readonly target: string;
}

export interface EncryptPathOptions extends EncryptFileOptions, Paths {
  readonly readers?: Readers | undefined;
}

export interface DecryptPathOptions extends DecryptFileOptions, Paths {
  readonly sender?: Reader | undefined;
}

/** `authEncryptFile` from one path to another. @throws as it; `storage/full`, `file/unwritable` */
export async function authEncryptPath(
  eThree: EThreeBase,
  { source, target, readers, alsoFor, ...options }: EncryptPathOptions,
): Promise<void> {
  const file = await openPath(source);
  try {
    const pieces = readFile(requireFile(file, options), options);
    const sealed = await eThree.authEncryptStream(pieces, readers, { size: file.size, alsoFor });
    await writePath(target, toSource(sealed));
  } finally {
    await file.close();
  }
}

/** `authDecryptFile` from one path to another: nothing is at the target before the sender was verified. @throws as it; `storage/full`, `file/unwritable` */
export async function authDecryptPath(
  eThree: EThreeBase,
  { source, target, sender, date, ...options }: DecryptPathOptions,
): Promise<void> {
  const file = await openPath(source);
  try {
    const pieces = readFile(requireFile(file, options), options);
    await writePath(target, toSource(await eThree.authDecryptStreamUnverified(pieces, sender, { date })));
  } catch (error) {
    throw toIntegrityError(isSdkError(error, 'stream/unverified') ? error.cause : error);
  } finally {
    await file.close();
  }
}
