/** From a payload to what the transport stores: sealed for its readers, and moved into a file where it is too long. */
import { bytesToBase64Url, isSdkError, utf8ToBytes } from '@sotto/core';
import {
  type Audience,
  type ChatPayload,
  encodeBody,
  encodePayload,
  payloadDigest,
  type SealedBody,
} from '@sotto/core/chat';
import type { RoomContext } from '../context.ts';
import { chatError } from '../errors.ts';
import type { OutgoingFile } from '../transport.ts';
import { prepareAudiences } from './audience.ts';
import type { Roster } from './roster.ts';

export interface SealedPayload {
  readonly body: SealedBody;
  /** Base64url of SHA-256. */
  readonly digest: string;
}

/** @throws `chat/member-key-unusable`, `chat/bad-content`, and what the session throws */
export async function sealPayload(
  context: RoomContext,
  roster: Roster,
  payloadFor: (audience: Audience) => ChatPayload,
): Promise<SealedPayload> {
  for await (const { audience, seal } of prepareAudiences(context, roster)) {
    const payload = encodePayload(payloadFor(audience));
    try {
      return { body: await seal(payload), digest: await payloadDigest(context.session.provider, payload) };
    } catch (error) {
      if (audience.group === undefined || !isSdkError(error, 'group/too-long')) throw error;
    }
  }
  throw chatError('chat/too-long'); // the last audience seals or throws
}

/** The text of the message, and the file that it stands in if it is too long. @throws `chat/too-long` */
export async function placeBody(
  { transport, session }: RoomContext,
  sealed: SealedBody,
): Promise<{ readonly body: string; readonly files: readonly OutgoingFile[] }> {
  const text = encodeBody(sealed);
  const bytes = utf8ToBytes(text);
  if (bytes.length <= transport.limits.payloadBytes) return { body: text, files: [] };
  if (!transport.can.attachments || bytes.length > transport.limits.attachmentBytes) throw chatError('chat/too-long');
  const sha256 = bytesToBase64Url(await session.provider.hash('SHA-256', bytes));
  const file = { name: sha256, type: 'application/octet-stream', content: new Blob([new Uint8Array(bytes)]) };
  return { body: encodeBody({ form: 'media', sha256 }), files: [file] };
}

/** As `placeBody`, for what has no file beside it. @throws `chat/too-long` */
export function requireShort(text: string, maxBytes: number): string {
  if (utf8ToBytes(text).length > maxBytes) throw chatError('chat/too-long');
  return text;
}
