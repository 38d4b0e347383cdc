/** Opens one message. Whatever is wrong with it becomes a reason: nothing is thrown because one message is bad. */
import { bytesToUtf8 } from '@sotto/core';
import { type ChatBody, MAX_BODY_LENGTH, parseBody, parsePayload } from '@sotto/core/chat';
import { fetchMedia } from '../attachment/fetch-media.ts';
import type { RoomContext } from '../context.ts';
import { noteGroup } from '../kept/group-record.ts';
import type { FailureReason } from '../room.ts';
import type { Incoming } from '../transport.ts';
import { failureReasonOf } from './failure.ts';
import { openSealed } from './open-body.ts';
import type { FailedMessage, Opened } from './opened.ts';

export async function interpret(context: RoomContext, incoming: Incoming): Promise<Opened> {
  try {
    return await open(context, incoming, parseBody(incoming.payload ?? ''));
  } catch (error) {
    return failed(failureReasonOf(error));
  }
}

async function open(context: RoomContext, incoming: Incoming, body: ChatBody): Promise<Opened> {
  const { author, payload: text, files } = incoming;
  if (body.form === 'plain') return { kind: 'plaintext', text };
  if (author === null) return failed('author-mismatch');
  if (body.form === 'legacy') return openLegacy(context, body.message, author);
  if (body.form === 'media') {
    const wanted = { name: body.sha256, sha256: body.sha256, maxBytes: MAX_BODY_LENGTH };
    const media = await fetchMedia(context.session.provider, files, wanted);
    const inner = parseBody(bytesToUtf8(new Uint8Array(await media.arrayBuffer())));
    if (inner.form !== 'envelope' && inner.form !== 'group') return failed('malformed');
    return open(context, incoming, inner);
  }

  const opened = await openSealed(context, body, author);
  if ('refused' in opened) return failed(opened.refused);
  const { payload, digest, signer, participants, group } = opened;
  if (payload.kind === 'title') return failed('malformed');
  if (body.form === 'group') await noteGroup(context, { ...body, session: group!, index: incoming.index });
  const person = (await context.people.find([author])).get(author);
  return {
    kind: 'bound',
    payload,
    digest,
    participants,
    isByFormerKey: signer.isOutdated,
    isSenderVerified: person?.isVerified ?? false,
  };
}

async function openLegacy({ session }: RoomContext, message: Uint8Array, author: string): Promise<Opened> {
  const { plaintext, mode } = await session.openEnvelope({ message, author });
  // A payload of a room, undressed of its form, would come without what binds it.
  if (isPayload(plaintext)) return failed('malformed');
  return {
    kind: 'unbound',
    sender: author,
    text: bytesToUtf8(plaintext),
    isSignatureInClear: mode === 'signThenEncrypt',
  };
}

function isPayload(plaintext: Uint8Array): boolean {
  try {
    parsePayload(plaintext);
    return true;
  } catch {
    return false;
  }
}

function failed(reason: FailureReason): FailedMessage {
  return { kind: 'failed', reason };
}
