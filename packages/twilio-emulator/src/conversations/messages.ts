/** Messages: sent, changed, removed. A member may change what it wrote itself; a "channel admin" and the REST API, any. */
import { TwilioRefusal } from '../errors.ts';
import type { MessageRow, Proposal } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';
import { checkAttributes, checkBody, checkName } from './check.ts';
import { attachMedia } from './media.ts';
import { type Actor, requireMember, requirePermission } from './roles.ts';
import { type ChatService, findConversation, putRow } from './service.ts';

export interface NewMessage {
  readonly body?: string | null | undefined;
  readonly subject?: string | null | undefined;
  readonly attributes?: string | undefined;
  readonly mediaSids?: readonly string[] | undefined;
  readonly contentSid?: string | null | undefined;
  /** The REST API alone may say; `system` by default. A webhook may too. */
  readonly author?: string | undefined;
}

export interface MessageFields {
  readonly body?: string | null | undefined;
  readonly attributes?: string | undefined;
  readonly subject?: string | null | undefined;
  /** The REST API alone may change it. */
  readonly author?: string | undefined;
}

/** @throws TwilioRefusal 50107, 50360, 50430, 50504, 50513 */
export function sendMessage(
  service: ChatService,
  options: { readonly actor: Actor; readonly conversationSid: string; readonly message: NewMessage },
): MessageRow {
  const { actor, message } = options;
  const conversation = findConversation(service, options.conversationSid);
  checkMaySend(service, { actor, conversation, message });
  const member = requireMember(conversation, actor);
  const now = service.now();
  const { body = null, subject = null, attributes = '{}', contentSid = null, mediaSids = [] } = message;
  const row = {
    sid: service.createSid('IM'),
    conversationSid: conversation.row.sid,
    index: conversation.messages.length,
    author: message.author ?? (actor.kind === 'user' ? actor.identity : 'system'),
    participantSid: member?.sid ?? null,
    body,
    subject,
    contentSid,
    attributes,
    mediaSids,
    lastUpdatedBy: null,
    dateCreated: now,
    dateUpdated: now,
  };
  // Media first: the message in Sync names type and size of what it has.
  const media = attachMedia(service, { actor, message: row });
  service.commit([...media.map((it): Proposal => ({ table: 'media', row: it })), { table: 'message', row }]);
  return conversation.messages[row.index]!;
}

/** What is checked before a webhook hears of the message, and again after it. */
export function checkMaySend(
  service: ChatService,
  options: { readonly actor: Actor; readonly conversation: ConversationState; readonly message: NewMessage },
): void {
  const { actor, conversation, message } = options;
  const { body, subject, attributes, mediaSids = [], contentSid } = message;
  requireMember(conversation, actor);
  requirePermission(service, { actor, conversation }, mediaSids.length > 0 ? 'sendMediaMessage' : 'sendMessage');
  if (conversation.row.state === 'closed') throw new TwilioRefusal(50360);
  checkBody(service, body);
  checkName(service, subject, 'subject');
  checkAttributes(attributes, service.limits.messageAttributesBytes);
  if (mediaSids.length > service.limits.mediaPerMessage) throw new TwilioRefusal(20001, 'too many media');
  if (typeof body !== 'string' && mediaSids.length === 0 && !contentSid)
    throw new TwilioRefusal(20001, 'nothing to send');
}

/** @throws TwilioRefusal 20404 */
export function findMessage({ messages, indexBySid }: ConversationState, sid: string): MessageRow {
  const index = indexBySid.get(sid);
  const row = index === undefined ? undefined : messages[index];
  if (!row || row.isRemoved) throw new TwilioRefusal(20404);
  return row;
}

/** @throws TwilioRefusal 20404, 50107, 50430, 50504 */
export function updateMessage(
  service: ChatService,
  options: {
    readonly actor: Actor;
    readonly conversationSid: string;
    readonly messageSid: string;
    readonly fields: MessageFields;
  },
): MessageRow {
  const { actor, conversationSid, messageSid, fields } = options;
  const conversation = findConversation(service, conversationSid);
  requireMember(conversation, actor);
  const row = findMessage(conversation, messageSid);
  const by = { actor, conversation };
  if (fields.body !== undefined || fields.subject !== undefined) {
    requirePermission(service, by, 'editAnyMessage', ...ifOwn(actor, row, 'editOwnMessage'));
  }
  if (fields.attributes !== undefined) {
    requirePermission(service, by, 'editAnyMessageAttributes', ...ifOwn(actor, row, 'editOwnMessageAttributes'));
  }
  if (fields.author !== undefined && actor.kind === 'user') throw new TwilioRefusal(50107);
  checkBody(service, fields.body);
  checkName(service, fields.subject, 'subject');
  checkAttributes(fields.attributes, service.limits.messageAttributesBytes);
  const { body = row.body, subject = row.subject, attributes = row.attributes, author = row.author } = fields;
  const lastUpdatedBy = actor.kind === 'user' ? actor.identity : 'system';
  const former = body === row.body ? {} : { formerBody: row.body };
  putRow(service, 'message', {
    ...row,
    ...former,
    body,
    subject,
    attributes,
    author,
    lastUpdatedBy,
    dateUpdated: service.now(),
  });
  return conversation.messages[row.index]!;
}

/** @throws TwilioRefusal 20404, 50107, 50430 */
export function removeMessage(
  service: ChatService,
  options: { readonly actor: Actor; readonly conversationSid: string; readonly messageSid: string },
): MessageRow {
  const { actor, conversationSid, messageSid } = options;
  const conversation = findConversation(service, conversationSid);
  requireMember(conversation, actor);
  const row = findMessage(conversation, messageSid);
  requirePermission(service, { actor, conversation }, 'deleteAnyMessage', ...ifOwn(actor, row, 'deleteOwnMessage'));
  const mark = { ...row, body: null, attributes: '{}', isRemoved: true, dateUpdated: service.now() } as const;
  putRow(service, 'message', mark);
  return row;
}

export function listMessages({ messages }: ConversationState): MessageRow[] {
  return messages.filter((row) => !row.isRemoved);
}

function ifOwn(actor: Actor, { author }: MessageRow, permission: string): string[] {
  return actor.kind === 'user' && actor.identity === author ? [permission] : [];
}
