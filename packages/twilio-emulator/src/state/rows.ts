/** What a Conversations service remembers, as rows. Times are ISO 8601; `attributes` is JSON text, as on the wire. */

interface Row {
  /** Number of the change that made it so. It is the id of the Sync event of that change. */
  readonly seq: number;
  /** Stays as a mark that there was such a row, for clients that come back later. */
  readonly isRemoved?: true;
}

export interface SettingsRow extends Row {
  /** Of this set of data: a new one where it began with nothing. */
  readonly worldId: string;
  readonly friendlyName: string;
  readonly dateCreated: string;
  readonly isReachabilityEnabled: boolean;
  readonly webhooks: WebhookSettings;
  /** Push settings by their REST names, such as `NewMessage.Template`. */
  readonly notifications: Readonly<Record<string, string>>;
}

export interface WebhookSettings {
  readonly preWebhookUrl: string | null;
  readonly postWebhookUrl: string | null;
  readonly filters: readonly string[];
  readonly method: 'POST' | 'GET';
}

export interface RoleRow extends Row {
  readonly sid: string;
  readonly friendlyName: string;
  readonly type: 'service' | 'conversation';
  readonly permissions: readonly string[];
}

export interface UserRow extends Row {
  readonly sid: string;
  readonly identity: string;
  readonly friendlyName: string | null;
  readonly attributes: string;
  readonly roleSid: string;
  readonly isOnline: boolean;
  readonly dateCreated: string;
  readonly dateUpdated: string;
}

export interface ConversationRow extends Row {
  readonly sid: string;
  readonly friendlyName: string | null;
  readonly uniqueName: string | null;
  readonly attributes: string;
  /** An identity, or `system` for the REST API. */
  readonly createdBy: string;
  readonly state: 'active' | 'inactive' | 'closed';
  readonly stateUpdated: string;
  readonly dateCreated: string;
  readonly dateUpdated: string;
}

export interface MessagingBinding {
  readonly type: 'sms' | 'whatsapp' | 'email';
  readonly address: string;
  readonly proxyAddress: string | null;
}

export interface ParticipantRow extends Row {
  readonly sid: string;
  readonly conversationSid: string;
  readonly identity: string | null;
  readonly binding: MessagingBinding | null;
  readonly attributes: string;
  readonly roleSid: string;
  readonly lastReadIndex: number | null;
  readonly lastReadAt: string | null;
  readonly notificationLevel: 'default' | 'muted';
  readonly dateCreated: string;
  readonly dateUpdated: string;
}

export interface MessageRow extends Row {
  readonly sid: string;
  readonly conversationSid: string;
  readonly index: number;
  readonly author: string;
  readonly participantSid: string | null;
  readonly body: string | null;
  /** What it was before its last change. Twilio does not say; it could keep it. */
  readonly formerBody?: string | null;
  readonly subject: string | null;
  readonly contentSid: string | null;
  readonly attributes: string;
  readonly mediaSids: readonly string[];
  readonly lastUpdatedBy: string | null;
  readonly dateCreated: string;
  readonly dateUpdated: string;
}

export interface MediaRow extends Row {
  readonly sid: string;
  readonly author: string;
  readonly category: string;
  readonly filename: string | null;
  readonly contentType: string;
  readonly size: number;
  /** Null until a message has it. */
  readonly messageSid: string | null;
  readonly conversationSid: string | null;
  readonly dateCreated: string;
}

export interface Rows {
  settings: SettingsRow;
  role: RoleRow;
  user: UserRow;
  conversation: ConversationRow;
  participant: ParticipantRow;
  message: MessageRow;
  media: MediaRow;
}

export type TableName = keyof Rows;

/** A row that is to be there, or a mark that it is gone. */
export type Change = { [T in TableName]: { readonly table: T; readonly row: Rows[T] } }[TableName];

/** The same before it has its number. */
export type Proposal = { [T in TableName]: { readonly table: T; readonly row: Omit<Rows[T], 'seq'> } }[TableName];
