/**
 * A Conversations service: its rows, and their image in Sync that clients watch. Every change goes through `commit`, which
 * numbers it, has it written, and shows it, in this order and without a pause between.
 */
import type { Account } from '../accounts.ts';
import { TwilioRefusal } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { createSid, type RandomBytes, type SidPrefix } from '../sid.ts';
import type { Blobs } from '../state/blobs.ts';
import type { Transaction } from '../state/journal.ts';
import type { Change, Proposal, Rows, TableName } from '../state/rows.ts';
import { applyChange, type ConversationState, createState, type State } from '../state/state.ts';
import type { SyncEvent } from '../sync/object.ts';
import { createSyncStore, type SyncStore } from '../sync/store.ts';
import { mirrorChange, mirrorState } from './mirror.ts';
import { createDefaultRoles } from './default-roles.ts';

export interface ChatService {
  readonly account: Account;
  readonly limits: Limits;
  readonly state: State;
  readonly sync: SyncStore;
  readonly blobs: Blobs;
  /** ISO 8601. */
  now(): string;
  createSid(prefix: SidPrefix): string;
  /** All of them or, where the file cannot take them, none. */
  commit(proposals: readonly Proposal[]): void;
}

export interface ChatServiceOptions {
  readonly account: Account;
  readonly limits: Limits;
  readonly blobs: Blobs;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly randomBytes: RandomBytes;
  /** What an earlier run left. */
  readonly changes: readonly Change[];
  readonly write: (transaction: Transaction) => void;
  readonly onEvent: (event: SyncEvent) => void;
}

export function createChatService(options: ChatServiceOptions): ChatService {
  const { account, limits, blobs, clock, randomBytes, write } = options;
  const state = createState();
  const sync = createSyncStore({ scope: account.serviceSid, onEvent: options.onEvent });
  for (const change of options.changes) applyChange(state, change);
  mirrorState({ state, sync });
  sync.goLive();

  const service: ChatService = {
    account,
    limits,
    state,
    sync,
    blobs,
    now: () => new Date(clock()).toISOString(),
    createSid: (prefix) => createSid(prefix, randomBytes),
    commit(proposals) {
      const changes = proposals.map(({ table, row }, index) => {
        return { table, row: { ...row, seq: state.seq + 1 + index } } as Change;
      });
      write({ serviceSid: account.serviceSid, changes });
      for (const change of changes) {
        applyChange(state, change);
        mirrorChange({ state, sync }, change);
      }
    },
  };
  if (!state.settings) service.commit(createFirstRows(service, randomBytes));
  setAllOffline(service);
  return service;
}

/** Commits one row. */
export function putRow<T extends TableName>(service: ChatService, table: T, row: Omit<Rows[T], 'seq'>): void {
  service.commit([{ table, row } as unknown as Proposal]);
}

/** @throws TwilioRefusal 50350 */
export function findConversation(service: ChatService, sidOrUniqueName: string): ConversationState {
  const { conversations } = service.state;
  const conversation =
    conversations.get(sidOrUniqueName) ??
    [...conversations.values()].find(({ row }) => !row.isRemoved && row.uniqueName === sidOrUniqueName);
  if (!conversation || conversation.row.isRemoved) throw new TwilioRefusal(50350);
  return conversation;
}

function createFirstRows(service: ChatService, randomBytes: RandomBytes): Proposal[] {
  const settings = {
    worldId: Buffer.from(randomBytes(8)).toString('hex'),
    friendlyName: 'Emulated Conversations',
    dateCreated: service.now(),
    isReachabilityEnabled: false,
    webhooks: { preWebhookUrl: null, postWebhookUrl: null, filters: [], method: 'POST' },
    notifications: {},
  } as const;
  const roles = createDefaultRoles(service.account.serviceSid);
  return [{ table: 'settings', row: settings }, ...roles.map((row): Proposal => ({ table: 'role', row }))];
}

/** Nobody is connected to a server that has just started, whatever it noted before it was killed. */
function setAllOffline(service: ChatService): void {
  const online = [...service.state.users.values()].filter(({ isOnline }) => isOnline);
  if (online.length > 0) service.commit(online.map((user) => ({ table: 'user', row: { ...user, isOnline: false } })));
}
