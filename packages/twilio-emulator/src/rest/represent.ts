/** Rows as the JSON of the REST API. */
import type { ChatService } from '../conversations/service.ts';
import type { MessageRow, ParticipantRow, RoleRow, UserRow } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';
import { urlOfApi } from './env.ts';

export function serviceToJson({ account, state }: ChatService) {
  const url = urlOfApi(`/v1/Services/${account.serviceSid}`);
  const { friendlyName, dateCreated } = state.settings!;
  return {
    sid: account.serviceSid,
    account_sid: account.accountSid,
    friendly_name: friendlyName,
    date_created: dateCreated,
    date_updated: dateCreated,
    url,
    links: { conversations: `${url}/Conversations`, users: `${url}/Users`, roles: `${url}/Roles` },
  };
}

export function conversationToJson(service: ChatService, { row }: ConversationState) {
  const url = urlOf(service, `Conversations/${row.sid}`);
  return {
    ...ownerOf(service),
    sid: row.sid,
    messaging_service_sid: null,
    friendly_name: row.friendlyName,
    unique_name: row.uniqueName,
    attributes: row.attributes,
    state: row.state,
    date_created: row.dateCreated,
    date_updated: row.dateUpdated,
    timers: {},
    bindings: {},
    url,
    links: { participants: `${url}/Participants`, messages: `${url}/Messages`, webhooks: `${url}/Webhooks` },
  };
}

export function participantToJson(service: ChatService, row: ParticipantRow) {
  return {
    ...ownerOf(service),
    conversation_sid: row.conversationSid,
    sid: row.sid,
    identity: row.identity,
    attributes: row.attributes,
    messaging_binding: row.binding && {
      type: row.binding.type,
      address: row.binding.address,
      proxy_address: row.binding.proxyAddress,
    },
    role_sid: row.roleSid,
    date_created: row.dateCreated,
    date_updated: row.dateUpdated,
    url: urlOf(service, `Conversations/${row.conversationSid}/Participants/${row.sid}`),
    last_read_message_index: row.lastReadIndex,
    last_read_timestamp: row.lastReadAt,
  };
}

export function messageToJson(service: ChatService, row: MessageRow) {
  const url = urlOf(service, `Conversations/${row.conversationSid}/Messages/${row.sid}`);
  const media = row.mediaSids.flatMap((sid) => service.state.media.get(sid) ?? []);
  return {
    ...ownerOf(service),
    conversation_sid: row.conversationSid,
    sid: row.sid,
    index: row.index,
    author: row.author,
    body: row.body,
    media:
      media.length > 0
        ? media.map(({ sid, size, contentType, filename, category }) => {
            return { sid, size, content_type: contentType, filename, category };
          })
        : null,
    attributes: row.attributes,
    participant_sid: row.participantSid,
    content_sid: row.contentSid,
    date_created: row.dateCreated,
    date_updated: row.dateUpdated,
    delivery: null,
    url,
    links: { delivery_receipts: `${url}/Receipts` },
  };
}

export function userToJson(service: ChatService, row: UserRow) {
  const url = urlOf(service, `Users/${row.sid}`);
  return {
    ...ownerOf(service),
    sid: row.sid,
    role_sid: row.roleSid,
    identity: row.identity,
    friendly_name: row.friendlyName,
    attributes: row.attributes,
    is_online: service.state.settings?.isReachabilityEnabled ? row.isOnline : null,
    is_notifiable: null,
    date_created: row.dateCreated,
    date_updated: row.dateUpdated,
    url,
    links: { user_conversations: `${url}/Conversations` },
  };
}

export function roleToJson(service: ChatService, row: RoleRow) {
  const { dateCreated } = service.state.settings!;
  return {
    ...ownerOf(service),
    sid: row.sid,
    friendly_name: row.friendlyName,
    type: row.type,
    permissions: row.permissions,
    date_created: dateCreated,
    date_updated: dateCreated,
    url: urlOf(service, `Roles/${row.sid}`),
  };
}

export function ownerOf({ account }: ChatService) {
  return { account_sid: account.accountSid, chat_service_sid: account.serviceSid };
}

export function urlOf({ account }: ChatService, path: string): string {
  return urlOfApi(`/v1/Services/${account.serviceSid}/${path}`);
}
