/** The files of a message: each encrypted under a key of its own, and named at random. Name, type, size and key go into the payload. */
import { bytesToBase64Url } from '@sotto/core';
import type { AttachmentEntry } from '@sotto/core/chat';
import { digestOf } from '../attachment/digest.ts';
import { cleanFileName } from '../attachment/file-name.ts';
import type { RoomContext } from '../context.ts';
import { chatError } from '../errors.ts';
import type { OutgoingAttachment, SendOptions } from '../room.ts';
import type { OutgoingFile } from '../transport.ts';
import { toWellFormed } from './text.ts';

export interface SealedFiles {
  readonly entries: readonly AttachmentEntry[];
  readonly files: readonly OutgoingFile[];
}

/** @throws `chat/not-supported`, `chat/too-many-files`, `chat/file-too-large`, and what the session throws */
export async function sealFiles(
  { session, transport }: RoomContext,
  attachments: readonly OutgoingAttachment[],
  { signal, onProgress }: Pick<SendOptions, 'signal' | 'onProgress'>,
): Promise<SealedFiles> {
  if (attachments.length === 0) return { entries: [], files: [] };
  const { attachmentBytes, attachmentCount } = transport.limits;
  if (!transport.can.attachments) throw chatError('chat/not-supported', { details: { what: 'files' } });
  if (attachments.length > attachmentCount)
    throw chatError('chat/too-many-files', { details: { limit: attachmentCount } });
  const requireFit = ({ size }: Blob): void => {
    if (size > attachmentBytes) throw chatError('chat/file-too-large', { details: { limit: attachmentBytes } });
  };
  const contents = attachments.map(({ content }) => toBlob(content));
  contents.forEach(requireFit);

  const total = contents.reduce((sum, { size }) => sum + size, 0);
  const entries: AttachmentEntry[] = [];
  const files: OutgoingFile[] = [];
  let before = 0;
  for (const [index, content] of contents.entries()) {
    const start = before;
    const report = onProgress && ((done: number) => onProgress({ phase: 'encrypting', done: start + done, total }));
    const { ciphertext, key } = await session.sealFile(content, { signal, onProgress: report });
    requireFit(ciphertext);
    const { name, type, width, height } = attachments[index]!;
    const file = bytesToBase64Url(session.provider.randomBytes(16));
    entries.push({
      name: cleanFileName(toWellFormed(name)),
      type: toWellFormed(type) || 'application/octet-stream',
      size: content.size,
      key: bytesToBase64Url(key),
      sha256: await digestOf(session.provider, ciphertext, signal),
      file,
      width,
      height,
    });
    files.push({ name: file, type: 'application/octet-stream', content: ciphertext });
    before += content.size;
  }
  return { entries, files };
}

function toBlob(content: Blob | Uint8Array): Blob {
  return content instanceof Uint8Array ? new Blob([new Uint8Array(content)]) : content;
}
