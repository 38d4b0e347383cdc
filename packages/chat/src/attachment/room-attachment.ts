/** A file of a message, as an app gets it: downloaded, checked against the hash that was signed, decrypted and verified when asked for. */
import { base64UrlToBytes } from '@sotto/core';
import type { AttachmentEntry } from '@sotto/core/chat';
import type { RoomAttachment } from '../room.ts';
import type { ChatSession, FileOptions } from '../session.ts';
import type { IncomingFile } from '../transport.ts';
import { fetchMedia } from './fetch-media.ts';
import { cleanFileName } from './file-name.ts';

export function createAttachment(
  session: ChatSession,
  {
    entry,
    author,
    files,
  }: {
    readonly entry: AttachmentEntry;
    readonly author: string;
    readonly files: readonly IncomingFile[];
  },
): RoomAttachment {
  const { type, size, width, height } = entry;
  const blob = async ({ signal, onProgress }: FileOptions = {}): Promise<Blob> => {
    // One count for both halves of the work: what is downloaded, then what is decrypted.
    const report = (before: number) => onProgress && ((done: number, of: number) => onProgress(before + done / 2, of));
    const wanted = { name: entry.file, sha256: entry.sha256, signal, onProgress: report(0) };
    const ciphertext = await fetchMedia(session.provider, files, wanted);
    const half = ciphertext.size / 2;
    const options = { key: base64UrlToBytes(entry.key), author, signal, onProgress: report(half) };
    const opened = await session.openFile(ciphertext, options);
    return new Blob([opened], { type });
  };
  return {
    name: cleanFileName(entry.name),
    type,
    size,
    width,
    height,
    blob,
    bytes: async (options) => new Uint8Array(await (await blob(options)).arrayBuffer()),
    stream: (options) => streamOf(() => blob(options)),
    objectURL: async (options) => URL.createObjectURL(await blob(options)),
  };
}

function streamOf(open: () => Promise<Blob>): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      reader ??= (await open()).stream().getReader();
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await reader?.cancel();
    },
  });
}
