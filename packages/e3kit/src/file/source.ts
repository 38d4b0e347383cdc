/** Files as they are read: from the beginning and as often as needed, piece by piece, with progress and abort. */
import type { ByteSource } from '@sotto/core/stream';
import { ArgumentError } from '../errors.ts';
import { AbortError, fileError } from './file-errors.ts';

/** A `File`, a `Blob`, or what `openPath` of `@sotto/e3kit/node` gives. */
export interface FileSource {
  /** In bytes. */
  readonly size: number;
  readonly name?: string;
  readonly type?: string;
  readonly lastModified?: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A source whose results have its name. */
export type NamedFile = FileSource & { readonly name: string };

/** How far a call is. `state` is there where it goes through the file twice, as the official client says it. */
export interface FileProgress {
  readonly bytesProcessed: number;
  readonly fileSize: number;
  readonly state?: 'Signing' | 'Encrypting' | 'Decrypting' | 'Verifying';
}

export interface FileOptions {
  /** So many bytes are read at once, 262,144 unless given. */
  readonly chunkSize?: number | undefined;
  /** Called after each of these pieces. */
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A page is a quarter slower with the 65,536 bytes of the official client, as each piece waits for several threads. */
const DEFAULT_CHUNK_SIZE = 256 * 1024;

/** @throws ArgumentError for what is no file, and for options that cannot be followed */
export function requireFile(file: unknown, { chunkSize }: FileOptions = {}): FileSource {
  const source = file as Partial<FileSource> | null | undefined;
  if (typeof source !== 'object' || typeof source?.size !== 'number' || typeof source.slice !== 'function') {
    throw new ArgumentError('Pass a File or a Blob.');
  }
  if (chunkSize !== undefined && !(Number.isSafeInteger(chunkSize) && chunkSize > 0)) {
    throw new ArgumentError('chunkSize is a whole number of bytes, at least 1.');
  }
  return source as FileSource;
}

/** The pieces of a file; the next one is being read while one is worked on. @throws `file/unreadable`, AbortError */
export function readFile(
  file: FileSource,
  { chunkSize = DEFAULT_CHUNK_SIZE, onProgress, signal }: FileOptions,
  state?: FileProgress['state'],
): AsyncGenerator<Uint8Array, void> {
  const onBytes = (bytesProcessed: number): void =>
    onProgress?.({ ...(state ? { state } : {}), bytesProcessed, fileSize: file.size });
  return watch(readAhead(file, chunkSize), { signal, onBytes });
}

/** The pieces of a source until `signal` aborts. `onBytes` is told how many bytes were worked on. @throws AbortError */
export async function* watch(
  source: ByteSource,
  {
    signal,
    onBytes,
  }: { readonly signal?: AbortSignal | undefined; readonly onBytes?: ((count: number) => void) | undefined },
): AsyncGenerator<Uint8Array, void> {
  const pieces = source[Symbol.asyncIterator]();
  let count = 0;
  try {
    for (;;) {
      const next = await orAborted(pieces.next(), signal);
      if (next.done) return;
      yield next.value;
      count += next.value.length;
      onBytes?.(count);
    }
  } finally {
    // Not waited for: a source that hangs, which may be why the call was aborted, does not answer this either.
    void pieces.return?.().catch(() => {});
  }
}

async function* readAhead(file: FileSource, chunkSize: number): AsyncGenerator<Uint8Array, void> {
  const readAt = async (start: number): Promise<Uint8Array> => {
    try {
      return new Uint8Array(await file.slice(start, start + chunkSize).arrayBuffer());
    } catch (cause) {
      throw fileError('file/unreadable', { cause });
    }
  };
  let next = readAt(0);
  for (let start = 0; start < file.size; ) {
    const piece = await next;
    start += chunkSize;
    next = start < file.size ? readAt(start) : Promise.resolve(piece);
    next.catch(() => {}); // of whoever asks for it
    yield piece;
  }
}

/** Not by Promise.race, which would keep every piece for as long as the signal lives. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(new AbortError(signal.reason));
    const settle = (): void => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(settle);
  });
}
