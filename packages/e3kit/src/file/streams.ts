/** Encrypting and decrypting as web streams. Source: docs/spec/streams.md. */
import { type Card, isSdkError } from '@sotto/core';
import { openStreamUnverified, signAndEncryptStream, streamError } from '@sotto/core/stream';
import type { Session } from '../session.ts';
import type { Reader, Readers } from '../use-cases/encrypt.ts';
import { readAccess, writeAccess } from './access.ts';
import { type DecryptFileOptions, openPieces } from './decrypt-file.ts';
import { fileError } from './file-errors.ts';
import { requireFile, watch } from './source.ts';
import { toSource, toWebStream } from './web-stream.ts';
import { withBulk } from './with-bulk.ts';

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each piece. */
  readonly onProgress?: ((progress: { readonly bytesProcessed: number }) => void) | undefined;
}

export interface EncryptStreamOptions extends StreamOptions {
  /** How many bytes the source gives, exactly: it stands before them in the message. */
  readonly size: number;
  /** Cards of further readers of this one stream. */
  readonly alsoFor?: readonly Card[] | undefined;
}

export interface DecryptStreamOptions extends StreamOptions {
  /** How many bytes the source gives, if that is known: in a page a worker does what is large. */
  readonly size?: number | undefined;
  /** When the stream was written: picks the sender's card of that time. */
  readonly date?: Date | undefined;
}

export async function authEncryptStream(
  session: Session,
  stream: unknown,
  { readers, size, alsoFor, ...options }: EncryptStreamOptions & { readonly readers?: Readers | undefined },
): Promise<ReadableStream<Uint8Array>> {
  const source = watchStream(stream, options);
  const access = await writeAccess(session, { readers, alsoFor });
  const { provider } = session;
  return toWebStream(
    withBulk(session, size, (bulk) => signAndEncryptStream(provider, { ...access, source, size, padding: true, bulk })),
  );
}

/** The text as it comes; an error at the end unless the sender wrote all of it. */
export async function authDecryptStreamUnverified(
  session: Session,
  stream: unknown,
  options: DecryptStreamOptions & { readonly sender?: Reader | undefined },
): Promise<ReadableStream<Uint8Array>> {
  const source = watchStream(stream, options);
  const access = await readAccess(session, options);
  const pieces = withBulk(session, options.size, (bulk) =>
    openStreamUnverified(session.provider, { ...access, source, mode: 'signAndEncrypt', bulk }),
  );
  return toWebStream(warn(pieces));
}

/** The text of a file that was read and verified before; it is read a second time as the stream is. */
export async function authDecryptFileToStream(
  session: Session,
  file: unknown,
  options: DecryptFileOptions & { readonly sender?: Reader | undefined },
): Promise<ReadableStream<Uint8Array>> {
  const source = requireFile(file, options);
  const access = await readAccess(session, options);
  const open = (state: 'Verifying' | 'Decrypting') =>
    openPieces(session, { source, access, options, mode: 'signAndEncrypt', state });
  for await (const _ of open('Verifying'));
  return toWebStream(again(open('Decrypting')));
}

function watchStream(stream: unknown, { signal, onProgress }: StreamOptions): AsyncGenerator<Uint8Array, void> {
  const onBytes = (bytesProcessed: number): void => onProgress?.({ bytesProcessed });
  return watch(toSource(stream), { signal, onBytes });
}

/** Turns a refusal that comes after something was given out into one that says so. */
async function* warn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let isGivenOut = false;
  try {
    for await (const piece of pieces) {
      isGivenOut = true;
      yield piece;
    }
  } catch (error) {
    if (!isGivenOut || !isRefusal(error)) throw error;
    throw fileError('stream/unverified', { details: { reason: error.code }, cause: error });
  }
}

/** What was good the first time and is not the second time has changed in between. */
async function* again(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw isRefusal(error) ? streamError('stream/changed', error) : error;
  }
}

function isRefusal(error: unknown): error is Error & { readonly code: string } {
  return isSdkError(error) && error.code.startsWith('envelope/');
}
