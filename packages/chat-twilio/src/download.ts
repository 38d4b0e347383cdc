/** Downloads media from the temporary address that Twilio gives out, with progress. The content is ciphertext; its hash is checked by the room. */
import type { FileOptions } from '@sotto/chat';
import { callError } from './call-failure.ts';
import { chatTwilioError } from './errors.ts';
import type { MediaLike } from './twilio-types.ts';

/** @throws twilio/download-failed (`details.status`, 404 where it is gone), twilio/download-size, twilio/call-failed */
export async function downloadMedia(media: MediaLike, options: FileOptions = {}): Promise<Blob> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const response = await request(await temporaryUrl(media), signal);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  try {
    for await (const chunk of response) {
      done += chunk.length;
      // Whoever serves it could otherwise fill the memory.
      if (done > media.size) break;
      chunks.push(chunk);
      onProgress?.(done, media.size);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw chatTwilioError('twilio/download-failed', { cause });
  }
  if (done !== media.size) throw chatTwilioError('twilio/download-size', { details: { size: media.size } });
  return new Blob(chunks, { type: media.contentType });
}

async function temporaryUrl(media: MediaLike): Promise<string> {
  let url: string | null;
  try {
    url = await media.getContentTemporaryUrl();
  } catch (cause) {
    throw callError(cause);
  }
  if (url === null) throw chatTwilioError('twilio/download-failed', { details: { status: 404 } });
  return url;
}

async function request(url: string, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array<ArrayBuffer>>> {
  let response: Response;
  try {
    // The address is the permission; cookies of the page are nothing to whoever serves it.
    response = await fetch(url, { credentials: 'omit', ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw chatTwilioError('twilio/download-failed', { cause });
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw chatTwilioError('twilio/download-failed', { details: { status: response.status } });
  }
  return chunksOf(response.body);
}

/** Safari's streams cannot be iterated over (as of 2026). */
async function* chunksOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel();
  }
}
