/**
 * The image of a service in Sync, as the SDK reads it: a document, a list of messages and a roster for each conversation; for
 * each user a map of what it has joined, and one with its name. The shapes are those that the SDK takes.
 */
import type { Change, ConversationRow, MediaRow, MessageRow, ParticipantRow, UserRow } from '../state/rows.ts';
import type { ConversationState, State } from '../state/state.ts';
import type { Moment, ObjectKey, SyncStore } from '../sync/store.ts';

export interface Mirrored {
  readonly state: State;
  readonly sync: SyncStore;
}

export const documentOf = (conversationSid: string): ObjectKey => ({
  type: 'document',
  name: `${conversationSid}.channel`,
  audience: { kind: 'members-and-creator', conversationSid },
});

export const messagesOf = (conversationSid: string): ObjectKey => ({
  type: 'list',
  name: `${conversationSid}.messages`,
  audience: { kind: 'members', conversationSid },
});

export const rosterOf = (conversationSid: string): ObjectKey => ({
  type: 'map',
  name: `${conversationSid}.roster`,
  audience: { kind: 'members', conversationSid },
});

export const joinedOf = ({ sid, identity }: UserRow): ObjectKey => ({
  type: 'map',
  name: `${sid}.conversations`,
  audience: { kind: 'user', identity },
});

export const infoOf = ({ sid }: UserRow): ObjectKey => ({
  type: 'map',
  name: `${sid}.info`,
  audience: { kind: 'everyone' },
});

/** Shows a change that `state` has already taken. */
export function mirrorChange(mirrored: Mirrored, { table, row }: Change): void {
  switch (table) {
    case 'user':
      return mirrorUser(mirrored, row);
    case 'conversation':
      return mirrorConversation(mirrored, row);
    case 'participant':
      return mirrorParticipant(mirrored, row);
    case 'message':
      return mirrorMessage(mirrored, row);
    default:
      return; // of settings, roles and media the SDK hears nothing
  }
}

/** Shows all that there is, each under the number of its last change, so that ids go on where they were before a restart. */
export function mirrorState(mirrored: Mirrored): void {
  const { state } = mirrored;
  for (const user of state.users.values()) mirrorUser(mirrored, user);
  for (const { row, participants, messages } of state.conversations.values()) {
    mirrorConversation(mirrored, row);
    for (const participant of participants.values()) mirrorParticipant(mirrored, participant);
    for (const message of messages) if (message) mirrorMessage(mirrored, message);
  }
}

function mirrorUser({ sync }: Mirrored, user: UserRow): void {
  const at = { id: user.seq, date: user.dateUpdated };
  sync.open(joinedOf(user), at);
  sync.putItem(infoOf(user), { key: 'friendlyName', data: { value: user.friendlyName } }, at);
  sync.putItem(infoOf(user), { key: 'attributes', data: { value: user.attributes } }, at);
  sync.putItem(infoOf(user), { key: 'reachability', data: { online: user.isOnline, notifiable: false } }, at);
}

function mirrorConversation(mirrored: Mirrored, row: ConversationRow): void {
  const { state, sync } = mirrored;
  const at = { id: row.seq, date: row.dateUpdated };
  const objects = [documentOf(row.sid), messagesOf(row.sid), rosterOf(row.sid)] as const;
  if (row.isRemoved) {
    for (const key of objects) sync.removeObject(key, at);
    return;
  }
  const conversation = state.conversations.get(row.sid)!;
  for (const key of objects.slice(1)) sync.open(key, at);
  sync.putDocument(documentOf(row.sid), conversationToDocument(conversation), at);
  for (const participant of conversation.participants.values()) {
    if (!participant.isRemoved) mirrorJoined(mirrored, participant, at);
  }
}

function mirrorParticipant(mirrored: Mirrored, row: ParticipantRow): void {
  const { state, sync } = mirrored;
  const conversation = state.conversations.get(row.conversationSid)!.row;
  const at = { id: row.seq, date: row.dateUpdated };
  if (!conversation.isRemoved) {
    const roster = rosterOf(row.conversationSid);
    if (row.isRemoved) sync.removeItem(roster, row.sid, at);
    else sync.putItem(roster, { key: row.sid, data: participantToItem(state, row) }, at);
  }
  mirrorJoined(mirrored, row, { ...at, id: Math.max(row.seq, conversation.seq) });
}

/** The conversation among those that a participant has joined. */
function mirrorJoined({ state, sync }: Mirrored, participant: ParticipantRow, at: Moment): void {
  const user = participant.identity === null ? undefined : state.users.get(participant.identity);
  if (!user) return;
  const { conversationSid } = participant;
  if (!participant.isRemoved) {
    const data = conversationToJoined(state.conversations.get(conversationSid)!.row, participant);
    sync.putItem(joinedOf(user), { key: conversationSid, data }, at);
  } else if (!isMember(state, conversationSid, participant.identity)) {
    sync.removeItem(joinedOf(user), conversationSid, at);
  }
}

function mirrorMessage({ state, sync }: Mirrored, row: MessageRow): void {
  const conversation = state.conversations.get(row.conversationSid)!;
  if (conversation.row.isRemoved) return;
  const at = { id: row.seq, date: row.dateUpdated };
  const list = messagesOf(row.conversationSid);
  if (row.isRemoved) sync.removeItem(list, String(row.index), at);
  else sync.putItem(list, { key: String(row.index), data: messageToItem(state, row) }, at);
  sync.putDocument(documentOf(row.conversationSid), conversationToDocument(conversation), at);
}

export function isMember(state: State, conversationSid: string, identity: string | null): boolean {
  const participants = state.conversations.get(conversationSid)?.participants.values() ?? [];
  return [...participants].some((row) => !row.isRemoved && row.identity === identity);
}

function conversationToDocument({ row, messages }: ConversationState) {
  const last = messages.findLast((message) => message && !message.isRemoved);
  return {
    sid: row.sid,
    friendlyName: row.friendlyName,
    uniqueName: row.uniqueName,
    attributes: row.attributes,
    createdBy: row.createdBy,
    dateCreated: row.dateCreated,
    dateUpdated: row.dateUpdated,
    state: { current: row.state, dateUpdated: row.stateUpdated },
    messages: messagesOf(row.sid).name,
    roster: rosterOf(row.sid).name,
    ...(last && { lastMessage: { index: last.index, timestamp: last.dateCreated } }),
  };
}

function conversationToJoined(row: ConversationRow, participant: ParticipantRow) {
  return {
    status: 'joined',
    channel: documentOf(row.sid).name,
    messages: messagesOf(row.sid).name,
    roster: rosterOf(row.sid).name,
    friendlyName: row.friendlyName,
    uniqueName: row.uniqueName,
    createdBy: row.createdBy,
    dateCreated: row.dateCreated,
    dateUpdated: row.dateUpdated,
    lastConsumedMessageIndex: participant.lastReadIndex,
    notificationLevel: participant.notificationLevel,
  };
}

function participantToItem(state: State, row: ParticipantRow) {
  const user = row.identity === null ? undefined : state.users.get(row.identity);
  return {
    identity: row.identity,
    type: row.binding?.type ?? 'chat',
    attributes: row.attributes,
    roleSid: row.roleSid,
    userInfo: user ? infoOf(user).name : null,
    dateCreated: row.dateCreated,
    dateUpdated: row.dateUpdated,
    lastConsumedMessageIndex: row.lastReadIndex,
    lastConsumptionTimestamp: row.lastReadAt,
  };
}

function messageToItem(state: State, row: MessageRow) {
  const medias = row.mediaSids.flatMap((sid) => state.media.get(sid) ?? []).map(mediaToItem);
  return {
    sid: row.sid,
    text: row.body,
    type: medias.length > 0 ? 'media' : 'text',
    author: row.author,
    memberSid: row.participantSid,
    subject: row.subject,
    contentSid: row.contentSid,
    attributes: row.attributes,
    timestamp: row.dateCreated,
    dateUpdated: row.dateUpdated,
    lastUpdatedBy: row.lastUpdatedBy,
    ...(medias.length > 0 && { medias, media: medias[0] }),
  };
}

function mediaToItem({ sid, category, filename, contentType, size }: MediaRow) {
  return { sid, category, filename, contentType, size };
}
