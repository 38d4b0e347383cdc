/** Finds a file beside a message: by its name, else by what is in it, never by its place. What is handed out has the hash that was signed. */
import type { CryptoProvider } from '@sotto/core';
import { chatError } from '../errors.ts';
import type { IncomingFile, TransferOptions } from '../transport.ts';
import { digestOf } from './digest.ts';

export interface WantedMedia {
  readonly name: string;
  /** Base64url. */
  readonly sha256: string;
  /** Larger ones are not downloaded. */
  readonly maxBytes?: number | undefined;
}

/** @throws `chat/media-missing`, `chat/media-swapped`, and what the transport throws */
export async function fetchMedia(
  provider: CryptoProvider,
  files: readonly IncomingFile[],
  { name, sha256, maxBytes = Number.POSITIVE_INFINITY, ...options }: WantedMedia & TransferOptions,
): Promise<Blob> {
  const isWanted = async (content: Blob): Promise<boolean> =>
    (await digestOf(provider, content, options.signal)) === sha256;
  const named = files.find((file) => file.name === name);
  if (named) {
    const content = named.size <= maxBytes ? await named.download(options) : undefined;
    if (content && (await isWanted(content))) return content;
    throw chatError('chat/media-swapped');
  }
  for (const file of files.filter(({ size }) => size <= maxBytes)) {
    const content = await file.download(options);
    if (await isWanted(content)) return content;
  }
  throw chatError('chat/media-missing');
}
