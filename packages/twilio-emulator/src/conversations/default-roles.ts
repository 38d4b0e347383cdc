/**
 * The roles that a service begins with: "channel user" for whoever is in a conversation, "channel admin" for who made it, and
 * "service user" for everyone. The REST API may change what they may.
 */
import { deriveSid } from '../sid.ts';
import type { RoleRow } from '../state/rows.ts';

export type RoleName = 'service admin' | 'service user' | 'channel admin' | 'channel user';

/** By the lists of Twilio's documentation (chat/permissions, conversations-classic/api/role-resource). */
const DEFAULT_PERMISSIONS: Readonly<Record<RoleName, readonly string[]>> = {
  'service admin': [
    'addParticipant',
    'createConversation',
    'deleteAnyMessage',
    'deleteConversation',
    'editAnyMessage',
    'editAnyMessageAttributes',
    'editAnyUserInfo',
    'editConversationAttributes',
    'editConversationName',
    'joinConversation',
    'removeParticipant',
  ],
  'service user': ['createConversation', 'editOwnUserInfo', 'joinConversation'],
  'channel admin': [
    'addNonChatParticipant',
    'addParticipant',
    'deleteAnyMessage',
    'deleteConversation',
    'deleteOwnMessage',
    'editAnyMessage',
    'editAnyMessageAttributes',
    'editAnyParticipantAttributes',
    'editConversationAttributes',
    'editConversationName',
    'editNotificationLevel',
    'editOwnMessage',
    'editOwnMessageAttributes',
    'editOwnParticipantAttributes',
    'leaveConversation',
    'removeParticipant',
    'sendMediaMessage',
    'sendMessage',
  ],
  'channel user': [
    'deleteOwnMessage',
    'editNotificationLevel',
    'editOwnMessage',
    'editOwnMessageAttributes',
    'editOwnParticipantAttributes',
    'leaveConversation',
    'sendMediaMessage',
    'sendMessage',
  ],
};

export function createDefaultRoles(serviceSid: string): Omit<RoleRow, 'seq'>[] {
  return (Object.keys(DEFAULT_PERMISSIONS) as RoleName[]).map((friendlyName) => ({
    sid: deriveSid('RL', `${serviceSid} ${friendlyName}`),
    friendlyName,
    type: friendlyName.startsWith('service') ? 'service' : 'conversation',
    permissions: DEFAULT_PERMISSIONS[friendlyName],
  }));
}
