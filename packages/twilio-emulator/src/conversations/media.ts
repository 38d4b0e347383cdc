/** Media: uploaded by a user, then sent once, by the same user; read by whoever is in the conversation. */
import { TwilioRefusal } from '../errors.ts';
import type { MediaRow, MessageRow } from '../state/rows.ts';
import { type Actor, findMember } from './roles.ts';
import { type ChatService, putRow } from './service.ts';

export interface NewMedia {
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly category: string;
  readonly filename: string | null;
}

/** @throws TwilioRefusal 50512 */
export async function uploadMedia(
  service: ChatService,
  { actor, media }: { readonly actor: Actor; readonly media: NewMedia },
): Promise<MediaRow> {
  const { content, contentType, category, filename } = media;
  if (content.length > service.limits.mediaBytes) throw new TwilioRefusal(50512);
  const sid = service.createSid('ME');
  await service.blobs.put(sid, content);
  putRow(service, 'media', {
    sid,
    author: actor.kind === 'user' ? actor.identity : 'system',
    category,
    filename,
    contentType,
    size: content.length,
    messageSid: null,
    conversationSid: null,
    dateCreated: service.now(),
  });
  return service.state.media.get(sid)!;
}

/** @throws TwilioRefusal 20404 */
export function readMedia(service: ChatService, actor: Actor, sid: string): MediaRow {
  const row = service.state.media.get(sid);
  if (!row || !mayRead(service, actor, row)) throw new TwilioRefusal(20404);
  return row;
}

/** The rows of a new message's media, as they are once it has them. @throws TwilioRefusal 50513 */
export function attachMedia(
  service: ChatService,
  { actor, message }: { readonly actor: Actor; readonly message: Omit<MessageRow, 'seq'> },
): MediaRow[] {
  return message.mediaSids.map((sid) => {
    const row = service.state.media.get(sid);
    const isOurs = row && (actor.kind === 'api' || row.author === actor.identity);
    if (!isOurs || row.messageSid !== null) throw new TwilioRefusal(50513);
    return { ...row, messageSid: message.sid, conversationSid: message.conversationSid };
  });
}

function mayRead({ state }: ChatService, actor: Actor, { author, conversationSid }: MediaRow): boolean {
  if (actor.kind === 'api' || author === actor.identity) return true;
  const conversation = conversationSid === null ? undefined : state.conversations.get(conversationSid);
  return conversation !== undefined && !conversation.row.isRemoved && !!findMember(conversation, actor.identity);
}
