/** How far a participant has read, what is new since, and whether pushes are wanted. */
import type { ParticipantRow } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';
import { listMessages } from './messages.ts';
import { requireMember } from './roles.ts';
import { type ChatService, findConversation, putRow } from './service.ts';

export interface HorizonFields {
  /** Null for "nothing read". */
  readonly lastReadIndex?: number | null | undefined;
  readonly notificationLevel?: ParticipantRow['notificationLevel'] | undefined;
}

/** @throws TwilioRefusal 50430 */
export function updateHorizon(
  service: ChatService,
  options: { readonly identity: string; readonly conversationSid: string; readonly fields: HorizonFields },
): ParticipantRow {
  const { identity, conversationSid, fields } = options;
  const conversation = findConversation(service, conversationSid);
  const row = requireMember(conversation, { kind: 'user', identity })!;
  const { lastReadIndex = row.lastReadIndex, notificationLevel = row.notificationLevel } = fields;
  const now = service.now();
  const lastReadAt = lastReadIndex === row.lastReadIndex ? row.lastReadAt : now;
  putRow(service, 'participant', { ...row, lastReadIndex, lastReadAt, notificationLevel, dateUpdated: now });
  return conversation.participants.get(row.sid)!;
}

/** Everything behind the horizon, own messages too; null where there is no horizon. */
export function countUnread(conversation: ConversationState, participant: ParticipantRow): number | null {
  const { lastReadIndex } = participant;
  return lastReadIndex === null ? null : listMessages(conversation).filter(({ index }) => index > lastReadIndex).length;
}
