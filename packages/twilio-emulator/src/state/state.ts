/** The rows of one Conversations service in memory, found by what they are looked up by. It changes by `applyChange` alone. */
import type {
  Change,
  ConversationRow,
  MediaRow,
  MessageRow,
  ParticipantRow,
  RoleRow,
  SettingsRow,
  UserRow,
} from './rows.ts';

export interface State {
  settings: SettingsRow | undefined;
  readonly roles: Map<string, RoleRow>;
  /** By identity. */
  readonly users: Map<string, UserRow>;
  readonly conversations: Map<string, ConversationState>;
  readonly media: Map<string, MediaRow>;
  /** Number of the last change. */
  seq: number;
}

export interface ConversationState {
  row: ConversationRow;
  /** By SID. Rows that are removed stay. */
  readonly participants: Map<string, ParticipantRow>;
  /** By index. Rows that are removed stay. */
  readonly messages: MessageRow[];
  readonly indexBySid: Map<string, number>;
}

export function createState(): State {
  return {
    settings: undefined,
    roles: new Map(),
    users: new Map(),
    conversations: new Map(),
    media: new Map(),
    seq: 0,
  };
}

export function applyChange(state: State, { table, row }: Change): void {
  state.seq = Math.max(state.seq, row.seq);
  switch (table) {
    case 'settings':
      state.settings = row;
      return;
    case 'role':
      state.roles.set(row.sid, row);
      return;
    case 'user':
      state.users.set(row.identity, row);
      return;
    case 'media':
      state.media.set(row.sid, row);
      return;
    case 'conversation': {
      const known = state.conversations.get(row.sid);
      if (known) known.row = row;
      else state.conversations.set(row.sid, { row, participants: new Map(), messages: [], indexBySid: new Map() });
      return;
    }
    case 'participant':
      state.conversations.get(row.conversationSid)?.participants.set(row.sid, row);
      return;
    case 'message': {
      const conversation = state.conversations.get(row.conversationSid);
      if (!conversation) return;
      conversation.messages[row.index] = row;
      conversation.indexBySid.set(row.sid, row.index);
      return;
    }
    default:
      table satisfies never;
  }
}

/** Every row as the change that makes it, so that a state made of them in order is this one. */
export function stateToChanges(state: State): Change[] {
  const changes: Change[] = [];
  if (state.settings) changes.push({ table: 'settings', row: state.settings });
  for (const row of state.roles.values()) changes.push({ table: 'role', row });
  for (const row of state.users.values()) changes.push({ table: 'user', row });
  for (const { row, participants, messages } of state.conversations.values()) {
    changes.push({ table: 'conversation', row });
    for (const participant of participants.values()) changes.push({ table: 'participant', row: participant });
    for (const message of messages) if (message) changes.push({ table: 'message', row: message });
  }
  for (const row of state.media.values()) changes.push({ table: 'media', row });
  return changes;
}
