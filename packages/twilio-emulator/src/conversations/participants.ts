/** Who is in a conversation: users by identity, and phones or mailboxes by address. */
import { TwilioRefusal } from '../errors.ts';
import type { MessagingBinding, ParticipantRow } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';
import { checkAttributes, checkIdentity } from './check.ts';
import { listJoined } from './conversation.ts';
import { type Actor, findMember, requireMember, requirePermission, roleSidOf } from './roles.ts';
import { type ChatService, findConversation, putRow } from './service.ts';
import { ensureUser } from './users.ts';

export interface NewParticipant {
  readonly identity?: string | null | undefined;
  readonly binding?: { readonly address: string; readonly proxyAddress?: string | null | undefined } | undefined;
  readonly attributes?: string | undefined;
  readonly roleSid?: string | undefined;
}

export interface ParticipantFields {
  readonly attributes?: string | undefined;
  readonly roleSid?: string | undefined;
  readonly lastReadIndex?: number | null | undefined;
}

/** Joining is adding oneself. @throws TwilioRefusal 50107, 50360, 50416, 50417, 50433, 50435 */
export function addParticipant(
  service: ChatService,
  options: { readonly actor: Actor; readonly conversationSid: string; readonly participant: NewParticipant },
): ParticipantRow {
  const { actor, participant } = options;
  const conversation = findConversation(service, options.conversationSid);
  checkMayAdd(service, { actor, conversation, participant });
  const { identity = null, attributes = '{}' } = participant;
  checkAttributes(attributes, service.limits.participantAttributesBytes);
  const binding = participant.binding ? toBinding(participant.binding) : null;
  if (identity === null && binding === null) throw new TwilioRefusal(20001, 'identity or messaging binding is needed');
  checkRoom(service, { conversation, identity, binding });
  if (identity !== null) ensureUser(service, identity);
  const isCreator = identity !== null && identity === conversation.row.createdBy;
  const { roleSid = roleSidOf(service, isCreator ? 'channel admin' : 'channel user') } = participant;
  if (!service.state.roles.has(roleSid)) throw new TwilioRefusal(20001, 'role');
  const now = service.now();
  const sid = service.createSid('MB');
  putRow(service, 'participant', {
    sid,
    conversationSid: conversation.row.sid,
    identity,
    binding,
    attributes,
    roleSid,
    lastReadIndex: null,
    lastReadAt: null,
    notificationLevel: 'default',
    dateCreated: now,
    dateUpdated: now,
  });
  return conversation.participants.get(sid)!;
}

/** By SID or identity. @throws TwilioRefusal 20404 */
export function findParticipant(conversation: ConversationState, sidOrIdentity: string): ParticipantRow {
  const bySid = conversation.participants.get(sidOrIdentity);
  const row = bySid && !bySid.isRemoved ? bySid : findMember(conversation, sidOrIdentity);
  if (!row) throw new TwilioRefusal(20404);
  return row;
}

/** @throws TwilioRefusal 20404, 50107, 50430 */
export function updateParticipant(
  service: ChatService,
  options: {
    readonly actor: Actor;
    readonly conversationSid: string;
    readonly participant: string;
    readonly fields: ParticipantFields;
  },
): ParticipantRow {
  const { actor, conversationSid, fields } = options;
  const conversation = findConversation(service, conversationSid);
  const member = requireMember(conversation, actor);
  const row = findParticipant(conversation, options.participant);
  const own = member?.sid === row.sid ? ['editOwnParticipantAttributes'] : [];
  requirePermission(service, { actor, conversation }, 'editAnyParticipantAttributes', ...own);
  if (fields.roleSid !== undefined && (actor.kind === 'user' || !service.state.roles.has(fields.roleSid))) {
    throw new TwilioRefusal(actor.kind === 'user' ? 50107 : 20001);
  }
  checkAttributes(fields.attributes, service.limits.participantAttributesBytes);
  const { attributes = row.attributes, roleSid = row.roleSid, lastReadIndex = row.lastReadIndex } = fields;
  const now = service.now();
  const lastReadAt = lastReadIndex === row.lastReadIndex ? row.lastReadAt : now;
  putRow(service, 'participant', { ...row, attributes, roleSid, lastReadIndex, lastReadAt, dateUpdated: now });
  return conversation.participants.get(row.sid)!;
}

/** Leaving is removing oneself. @throws TwilioRefusal 20404, 50107, 50430 */
export function removeParticipant(
  service: ChatService,
  options: { readonly actor: Actor; readonly conversationSid: string; readonly participant: string },
): ParticipantRow {
  const { actor, conversationSid } = options;
  const conversation = findConversation(service, conversationSid);
  const member = requireMember(conversation, actor);
  const row = findParticipant(conversation, options.participant);
  const own = member?.sid === row.sid ? ['leaveConversation'] : [];
  requirePermission(service, { actor, conversation }, 'removeParticipant', ...own);
  putRow(service, 'participant', { ...row, isRemoved: true, dateUpdated: service.now() });
  return row;
}

export function listParticipants({ participants }: ConversationState): ParticipantRow[] {
  return [...participants.values()].filter((row) => !row.isRemoved);
}

function checkMayAdd(
  service: ChatService,
  options: { readonly actor: Actor; readonly conversation: ConversationState; readonly participant: NewParticipant },
): void {
  const { actor, conversation, participant } = options;
  if (conversation.row.state === 'closed') throw new TwilioRefusal(50360);
  const by = { actor, conversation };
  if (actor.kind === 'user' && participant.identity === actor.identity) {
    return requirePermission(service, by, 'joinConversation', 'addParticipant');
  }
  if (conversation.row.createdBy !== (actor.kind === 'user' ? actor.identity : 'system')) {
    requireMember(conversation, actor);
    return requirePermission(service, by, participant.binding ? 'addNonChatParticipant' : 'addParticipant');
  }
}

function checkRoom(
  service: ChatService,
  options: {
    readonly conversation: ConversationState;
    readonly identity: string | null;
    readonly binding: MessagingBinding | null;
  },
): void {
  const { conversation, identity, binding } = options;
  const { limits } = service;
  const present = listParticipants(conversation);
  if (identity !== null) {
    checkIdentity(service, identity);
    if (findMember(conversation, identity)) throw new TwilioRefusal(50433);
    if (listJoined(service, identity).length >= limits.conversationsPerIdentity) throw new TwilioRefusal(50435);
  } else if (binding) {
    const isBound = (row: ParticipantRow) =>
      row.binding?.address === binding.address && row.binding.proxyAddress === binding.proxyAddress;
    if (present.some(isBound)) throw new TwilioRefusal(50416);
    if (present.filter((row) => row.binding).length >= limits.nonChatParticipants) throw new TwilioRefusal(50417);
  }
  if (present.length >= limits.participants) throw new TwilioRefusal(50417);
}

function toBinding(options: {
  readonly address: string;
  readonly proxyAddress?: string | null | undefined;
}): MessagingBinding {
  const { address, proxyAddress = null } = options;
  if (/^whatsapp:\+\d{3,20}$/.test(address)) return { type: 'whatsapp', address, proxyAddress };
  if (/^\+\d{3,20}$/.test(address)) return { type: 'sms', address, proxyAddress };
  if (/^[^\s@]{1,128}@[^\s@]{1,127}$/.test(address)) return { type: 'email', address, proxyAddress };
  throw new TwilioRefusal(20001, 'messaging binding address');
}
