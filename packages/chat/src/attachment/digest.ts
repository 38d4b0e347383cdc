/** SHA-256 of a file that need not fit in memory. */
import { bytesToBase64Url, type CryptoProvider } from '@sotto/core';

const PIECE = 1024 * 1024;

/** Base64url. */
export async function digestOf(provider: CryptoProvider, file: Blob, signal?: AbortSignal): Promise<string> {
  if (file.size <= PIECE) {
    return bytesToBase64Url(await provider.hash('SHA-256', new Uint8Array(await file.arrayBuffer())));
  }
  const hash = (await provider.openStreams()).createHash('SHA-256', file.size);
  for (let start = 0; start < file.size; start += PIECE) {
    signal?.throwIfAborted();
    await hash.update(new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer()));
  }
  return bytesToBase64Url(await hash.finish());
}
