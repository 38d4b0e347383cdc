/** Rows as the JSON that the SDK reads in replies to its calls. */
import { countUnread } from '../conversations/horizon.ts';
import { listMessages } from '../conversations/messages.ts';
import { documentOf, infoOf, messagesOf, rosterOf } from '../conversations/mirror.ts';
import { listParticipants } from '../conversations/participants.ts';
import { findMember } from '../conversations/roles.ts';
import type { MessageRow, ParticipantRow, UserRow } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';

/** As `identity` sees it. `origin` of its URLs. */
export function conversationToJson(
  conversation: ConversationState,
  { identity, origin }: { readonly identity: string; readonly origin: string },
) {
  const { row } = conversation;
  const member = findMember(conversation, identity);
  const url = `${origin}/Client/v2/Conversations/${row.sid}`;
  return {
    sid: row.sid,
    conversation_sid: row.sid,
    status: member ? 'joined' : 'notParticipating',
    friendly_name: row.friendlyName,
    unique_name: row.uniqueName,
    attributes: row.attributes,
    created_by: row.createdBy,
    date_created: row.dateCreated,
    date_updated: row.dateUpdated,
    state: row.state,
    last_read_message_index: member?.lastReadIndex ?? null,
    notification_level: member?.notificationLevel ?? 'default',
    unread_messages_count: member ? countUnread(conversation, member) : null,
    messages_count: listMessages(conversation).length,
    participants_count: listParticipants(conversation).length,
    sync_objects: {
      conversation: documentOf(row.sid).name,
      messages: messagesOf(row.sid).name,
      participants: rosterOf(row.sid).name,
    },
    url,
    links: { messages: `${url}/Messages`, participants: `${url}/Participants` },
  };
}

export function participantToJson(row: ParticipantRow, origin: string) {
  return {
    sid: row.sid,
    conversation_sid: row.conversationSid,
    identity: row.identity,
    attributes: row.attributes,
    role_sid: row.roleSid,
    messaging_binding: row.binding && {
      type: row.binding.type,
      address: row.binding.address,
      proxy_address: row.binding.proxyAddress,
    },
    last_read_message_index: row.lastReadIndex,
    date_created: row.dateCreated,
    date_updated: row.dateUpdated,
    url: `${origin}/Client/v2/Conversations/${row.conversationSid}/Participants/${row.sid}`,
  };
}

export function messageToJson(row: MessageRow, origin: string) {
  return {
    sid: row.sid,
    conversation_sid: row.conversationSid,
    index: row.index,
    author: row.author,
    participant_sid: row.participantSid,
    body: row.body,
    subject: row.subject,
    content_sid: row.contentSid,
    attributes: row.attributes,
    media_sids: row.mediaSids,
    last_updated_by: row.lastUpdatedBy,
    date_created: row.dateCreated,
    date_updated: row.dateUpdated,
    url: `${origin}/Client/v2/Conversations/${row.conversationSid}/Messages/${row.sid}`,
  };
}

export function userToJson(row: UserRow, origin: string) {
  return {
    sid: row.sid,
    identity: row.identity,
    friendly_name: row.friendlyName,
    attributes: row.attributes,
    role_sid: row.roleSid,
    sync_objects: { user_info_map: infoOf(row).name },
    url: `${origin}/Client/v2/Users/${encodeURIComponent(row.identity)}`,
  };
}
