/** Turns what an app gives as media into attachments of a room: what the SDK takes, and the kinds of bytes that it does not. */
import type { OutgoingAttachment } from '@sotto/chat';
import { utf8ToBytes } from '@sotto/core';
import type { MediaInput, MediaOptions } from './encrypted-types.ts';
import { chatTwilioError } from './errors.ts';

const DEFAULT_NAME = 'file';
const DEFAULT_TYPE = 'application/octet-stream';

/** @throws twilio/media-type */
export function toAttachments(media: MediaInput | FormData): readonly OutgoingAttachment[] {
  if (!isForm(media)) return [toAttachment(media)];
  const files = [...media.values()].filter((value) => typeof value !== 'string');
  if (files.length === 0) throw chatTwilioError('twilio/media-type');
  return files.map(toAttachment);
}

/** On Node, version 2 of the SDK puts another class in place of the global one. */
function isForm(media: unknown): media is FormData {
  return typeof media === 'object' && media !== null && 'append' in media && 'values' in media;
}

function toAttachment(media: MediaInput): OutgoingAttachment {
  if (media instanceof Blob) return { name: nameOf(media), type: media.type || DEFAULT_TYPE, content: media };
  if (media instanceof Uint8Array) return { name: DEFAULT_NAME, type: DEFAULT_TYPE, content: media };
  if (typeof media !== 'object' || media === null || !('media' in media)) throw chatTwilioError('twilio/media-type');
  const { contentType, filename } = media;
  const content = toContent(media);
  return {
    name: filename ?? nameOf(content),
    type: contentType ?? (content instanceof Blob && content.type !== '' ? content.type : DEFAULT_TYPE),
    content,
  };
}

function toContent({ media }: MediaOptions): Blob | Uint8Array {
  if (media instanceof Blob || media instanceof Uint8Array) return media;
  if (media instanceof ArrayBuffer) return new Uint8Array(media);
  if (typeof media === 'string') return utf8ToBytes(media);
  throw chatTwilioError('twilio/media-type');
}

function nameOf(content: Blob | Uint8Array): string {
  const name = 'name' in content ? content.name : undefined;
  return typeof name === 'string' && name !== '' ? name : DEFAULT_NAME;
}
