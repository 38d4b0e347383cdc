/** Rows and intended changes as the parameters of webhooks. */
import type { ConversationFields } from '../conversations/conversation.ts';
import type { MessageFields } from '../conversations/messages.ts';
import type { NewParticipant } from '../conversations/participants.ts';
import type { Actor } from '../conversations/roles.ts';
import type { ChatService } from '../conversations/service.ts';
import type { ConversationRow, MessageRow, ParticipantRow, UserRow } from '../state/rows.ts';
import type { Params } from './signature.ts';

export function describeConversation(row: ConversationRow | undefined, fields: ConversationFields = {}): Params {
  return present({
    ConversationSid: row?.sid,
    FriendlyName: fields.friendlyName ?? row?.friendlyName,
    UniqueName: fields.uniqueName ?? row?.uniqueName,
    Attributes: fields.attributes ?? row?.attributes,
    State: fields.state ?? row?.state,
    DateCreated: row?.dateCreated,
    DateUpdated: row?.dateUpdated,
  });
}

export function describeParticipant(
  conversation: ConversationRow,
  participant: NewParticipant | ParticipantRow,
): Params {
  const { identity, binding, attributes, roleSid } = participant;
  return present({
    ConversationSid: conversation.sid,
    ParticipantSid: 'sid' in participant ? participant.sid : undefined,
    Identity: identity,
    RoleSid: roleSid,
    Attributes: attributes,
    'MessagingBinding.Type': binding && 'type' in binding ? binding.type : undefined,
    'MessagingBinding.Address': binding?.address,
    'MessagingBinding.ProxyAddress': binding?.proxyAddress,
  });
}

export function describeMessage(
  service: ChatService,
  options: {
    readonly conversationSid: string;
    readonly actor: Actor;
    readonly row: MessageRow | undefined;
    readonly fields: MessageFields & { readonly mediaSids?: readonly string[] | undefined };
  },
): Params {
  const { conversationSid, actor, row, fields } = options;
  const own = actor.kind === 'user' ? actor.identity : 'system';
  const mediaSids = fields.mediaSids ?? row?.mediaSids ?? [];
  const media = mediaSids.flatMap((sid) => service.state.media.get(sid) ?? []);
  return present({
    ConversationSid: conversationSid,
    MessageSid: row?.sid,
    Index: row?.index.toString(),
    Author: fields.author ?? row?.author ?? own,
    Body: fields.body ?? row?.body,
    Attributes: fields.attributes ?? row?.attributes,
    ParticipantSid: row?.participantSid,
    DateCreated: row?.dateCreated ?? service.now(),
    DateUpdated: row?.dateUpdated,
    Media:
      media.length > 0
        ? JSON.stringify(
            media.map((it) => ({ Sid: it.sid, Size: it.size, ContentType: it.contentType, Filename: it.filename })),
          )
        : undefined,
  });
}

export function describeUser(
  row: Pick<UserRow, 'sid' | 'identity' | 'friendlyName' | 'attributes' | 'roleSid'>,
): Params {
  return present({
    UserSid: row.sid,
    Identity: row.identity,
    FriendlyName: row.friendlyName,
    Attributes: row.attributes,
    RoleSid: row.roleSid,
  });
}

function present(params: Readonly<Record<string, string | null | undefined>>): Params {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => typeof value === 'string')) as Params;
}
