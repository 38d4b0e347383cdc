/**
 * Decrypting files. They are read once: what comes out is kept to itself until tag and signature were checked, and given out then.
 * Source: docs/spec/streams.md.
 */
import { importPrivateKey } from '@sotto/core';
import { openStreamUnverified, PieceReader, readFileDetails } from '@sotto/core/stream';
import { type Data, dataToBytes } from '../data.ts';
import type { Session } from '../session.ts';
import type { Reader } from '../use-cases/encrypt.ts';
import { bySender, type ReadAccess, readAccess } from './access.ts';
import { collectLike, collectParts } from './result.ts';
import { type FileOptions, type FileProgress, type FileSource, readFile, requireFile } from './source.ts';
import { withBulk } from './with-bulk.ts';

export interface DecryptFileOptions extends FileOptions {
  /** When the file was written: picks the sender's card of that time. */
  readonly date?: Date | undefined;
}

type From = DecryptFileOptions & { readonly sender?: Reader | undefined };

export async function authDecryptFile(session: Session, file: unknown, options: From): Promise<Blob> {
  const source = requireFile(file, options);
  const access = await readAccess(session, options);
  return collectLike(source, openPieces(session, { source, access, options, mode: 'signAndEncrypt' }));
}

/** In the format of 2019. Always a Blob. */
export async function decryptFile(session: Session, file: unknown, options: From): Promise<Blob> {
  const source = requireFile(file, options);
  const access = await readAccess(session, options);
  const pieces = openPieces(session, { source, access, options, mode: 'signThenEncrypt', state: 'Decrypting' });
  return new Blob(await collectParts(pieces), { type: source.type ?? '' });
}

/** @throws `key/malformed` for a `fileKey` that is none */
export async function decryptSharedFile(
  session: Session,
  file: unknown,
  { fileKey, ...options }: From & { readonly fileKey: Data },
): Promise<Blob> {
  const source = requireFile(file, options);
  const { signers } = await readAccess(session, options);
  const access = { keys: [await importPrivateKey(session.provider, dataToBytes(fileKey, 'base64'))], signers };
  return collectLike(source, openPieces(session, { source, access, options, mode: 'signAndEncrypt' }));
}

/** What `sealFile` made, with name, type and date as they were. @throws `file/no-details` */
export async function openFile(session: Session, file: unknown, options: From): Promise<File> {
  const source = requireFile(file, options);
  const access = await readAccess(session, options);
  const reader = new PieceReader(openPieces(session, { source, access, options, mode: 'signAndEncrypt' }));
  try {
    const { name, type, lastModified } = await readFileDetails(reader);
    return new File(await collectParts(reader.upTo(Infinity)), name, { type, lastModified });
  } finally {
    await reader.close();
  }
}

/** The text of a file, which is verified only when all of it was given. */
export function openPieces(
  session: Session,
  {
    source,
    access,
    options,
    mode,
    state,
  }: {
    readonly source: FileSource;
    readonly access: ReadAccess;
    readonly options: FileOptions;
    readonly mode: 'signThenEncrypt' | 'signAndEncrypt';
    readonly state?: FileProgress['state'];
  },
): AsyncGenerator<Uint8Array, void> {
  const { size } = source;
  return bySender(
    withBulk(session, size, (bulk) =>
      openStreamUnverified(session.provider, {
        ...access,
        source: readFile(source, options, state),
        mode,
        atMost: size,
        bulk,
      }),
    ),
  );
}
