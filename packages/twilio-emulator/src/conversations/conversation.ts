/** Conversations: made, found, changed, removed. */
import { TwilioRefusal } from '../errors.ts';
import type { ConversationRow, Proposal } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';
import { checkAttributes, checkName } from './check.ts';
import { type Actor, findMember, requireMember, requirePermission } from './roles.ts';
import { type ChatService, findConversation, putRow } from './service.ts';

export interface ConversationFields {
  readonly friendlyName?: string | null | undefined;
  /** Empty or null for none. */
  readonly uniqueName?: string | null | undefined;
  readonly attributes?: string | undefined;
  readonly state?: ConversationRow['state'] | undefined;
}

/** Whoever makes a conversation is not in it yet. @throws TwilioRefusal 50353 */
export function createConversation(
  service: ChatService,
  { actor, fields }: { readonly actor: Actor; readonly fields: ConversationFields },
): ConversationState {
  requirePermission(service, { actor }, 'createConversation');
  checkFields(service, fields);
  const { friendlyName = null, attributes = '{}', state = 'active' } = fields;
  const uniqueName = fields.uniqueName || null;
  checkUnique(service, uniqueName);
  const now = service.now();
  const row = {
    sid: service.createSid('CH'),
    friendlyName,
    uniqueName,
    attributes,
    createdBy: actor.kind === 'user' ? actor.identity : 'system',
    state,
    stateUpdated: now,
    dateCreated: now,
    dateUpdated: now,
  };
  putRow(service, 'conversation', row);
  return findConversation(service, row.sid);
}

/** A conversation that the actor is in, or has made. @throws TwilioRefusal 50350, 50430 */
export function readConversation(service: ChatService, actor: Actor, sidOrUniqueName: string): ConversationState {
  const conversation = findConversation(service, sidOrUniqueName);
  if (actor.kind === 'user' && conversation.row.createdBy !== actor.identity) {
    requireMember(conversation, actor);
  }
  return conversation;
}

/** @throws TwilioRefusal 50107, 50353, 50430 */
export function updateConversation(
  service: ChatService,
  options: { readonly actor: Actor; readonly sid: string; readonly fields: ConversationFields },
): ConversationState {
  const { actor, sid, fields } = options;
  const conversation = findConversation(service, sid);
  const by = { actor, conversation };
  requireMember(conversation, actor);
  if (fields.friendlyName !== undefined || fields.uniqueName !== undefined) {
    requirePermission(service, by, 'editConversationName');
  }
  if (fields.attributes !== undefined) requirePermission(service, by, 'editConversationAttributes');
  if (fields.state !== undefined && actor.kind === 'user') throw new TwilioRefusal(50107);
  checkFields(service, fields);
  const { row } = conversation;
  const uniqueName = fields.uniqueName === undefined ? row.uniqueName : fields.uniqueName || null;
  if (uniqueName !== row.uniqueName) checkUnique(service, uniqueName);
  const { friendlyName = row.friendlyName, attributes = row.attributes, state = row.state } = fields;
  const now = service.now();
  const stateUpdated = state === row.state ? row.stateUpdated : now;
  putRow(service, 'conversation', {
    ...row,
    friendlyName,
    uniqueName,
    attributes,
    state,
    stateUpdated,
    dateUpdated: now,
  });
  return conversation;
}

/** @throws TwilioRefusal 50107 */
export function removeConversation(service: ChatService, actor: Actor, sid: string): void {
  const conversation = findConversation(service, sid);
  requirePermission(service, { actor, conversation }, 'deleteConversation');
  const dateUpdated = service.now();
  const present = [...conversation.participants.values()].filter((row) => !row.isRemoved);
  service.commit([
    { table: 'conversation', row: { ...conversation.row, isRemoved: true, dateUpdated } },
    ...present.map((row): Proposal => ({ table: 'participant', row: { ...row, isRemoved: true, dateUpdated } })),
  ]);
}

/** Those that a user has joined, by age. */
export function listJoined(service: ChatService, identity: string): ConversationState[] {
  return listConversations(service).filter((conversation) => findMember(conversation, identity));
}

export function listConversations(service: ChatService): ConversationState[] {
  return [...service.state.conversations.values()].filter(({ row }) => !row.isRemoved);
}

function checkFields(service: ChatService, { friendlyName, uniqueName, attributes }: ConversationFields): void {
  checkName(service, friendlyName, 'friendly name');
  checkName(service, uniqueName, 'unique name');
  checkAttributes(attributes, service.limits.conversationAttributesBytes);
}

function checkUnique(service: ChatService, uniqueName: string | null): void {
  if (uniqueName === null) return;
  if (listConversations(service).some(({ row }) => row.uniqueName === uniqueName)) throw new TwilioRefusal(50353);
}
