/** Encrypting files. Source: docs/spec/streams.md. */
import { type Card, generateKeyPair } from '@sotto/core';
import { encodeFileDetails, signAndEncryptStream, signThenEncryptStream } from '@sotto/core/stream';
import { RegisterRequiredError } from '../key-errors.ts';
import type { Session } from '../session.ts';
import type { Readers } from '../use-cases/encrypt.ts';
import { type WriteAccess, writeAccess } from './access.ts';
import { collectLike, collectParts } from './result.ts';
import { type FileOptions, type FileSource, readFile, requireFile } from './source.ts';
import { withBulk } from './with-bulk.ts';

export interface EncryptFileOptions extends FileOptions {
  /** Cards of further readers of this one file. */
  readonly alsoFor?: readonly Card[] | undefined;
}

/** A file that is read with a key of its own instead of that of its reader. */
export interface SharedFile<F extends Blob = Blob> {
  readonly encryptedSharedFile: F;
  /** The private key that reads it, DER. */
  readonly fileKey: Uint8Array;
}

export async function authEncryptFile(
  session: Session,
  file: unknown,
  { readers, ...options }: EncryptFileOptions & { readonly readers?: Readers | undefined },
): Promise<Blob> {
  const source = requireFile(file, options);
  const access = await writeAccess(session, { readers, alsoFor: options.alsoFor });
  return collectLike(source, seal(session, { source, access, options }));
}

/** In the format of 2019. */
export async function encryptFile(
  session: Session,
  file: unknown,
  { readers, ...options }: EncryptFileOptions & { readonly readers?: Readers | undefined },
): Promise<Blob> {
  const source = requireFile(file, options);
  const access = await writeAccess(session, { readers, alsoFor: options.alsoFor });
  let state: 'Signing' | 'Encrypting' | undefined;
  const read = () => {
    state = state ? 'Encrypting' : 'Signing';
    return readFile(source, options, state);
  };
  const { size } = source;
  const { provider } = session;
  return collectLike(
    source,
    withBulk(session, size, (bulk) => signThenEncryptStream(provider, { ...access, read, size, bulk })),
  );
}

/** For a key that is made for it, and for nobody else. */
export async function encryptSharedFile(
  session: Session,
  file: unknown,
  { toBytes, ...options }: FileOptions & { readonly toBytes: (bytes: Uint8Array) => Uint8Array },
): Promise<SharedFile> {
  const source = requireFile(file, options);
  const { current: signer } = await session.keys.reload();
  if (!signer) throw new RegisterRequiredError();
  const { publicKey, privateKey } = await generateKeyPair(session.provider, session.keyPairType);
  const access = { signer, recipients: [publicKey], identifiers: session.identifiers };
  const encryptedSharedFile = await collectLike(source, seal(session, { source, access, options }));
  return { encryptedSharedFile, fileKey: toBytes(privateKey.exportDer()) };
}

/** With its details in front, and nothing of them outside. */
export async function sealFile(
  session: Session,
  file: unknown,
  { readers, ...options }: EncryptFileOptions & { readonly readers?: Readers | undefined },
): Promise<Blob> {
  const source = requireFile(file, options);
  const access = await writeAccess(session, { readers, alsoFor: options.alsoFor });
  const { name = '', type = '', lastModified = session.clock() } = source;
  const details = encodeFileDetails({ name, type, lastModified });
  return new Blob(await collectParts(seal(session, { source, access, options, details })), {
    type: 'application/octet-stream',
  });
}

function seal(
  session: Session,
  {
    source,
    access,
    options,
    details = new Uint8Array(0),
  }: {
    readonly source: FileSource;
    readonly access: WriteAccess;
    readonly options: FileOptions;
    readonly details?: Uint8Array;
  },
): AsyncGenerator<Uint8Array, void> {
  const size = details.length + source.size;
  const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
    yield details;
    yield* readFile(source, options);
  };
  return withBulk(session, size, (bulk) =>
    signAndEncryptStream(session.provider, { ...access, source: pieces(), size, padding: true, bulk }),
  );
}
