/**
 * Webhooks around changes. Before one that the SDK asks for, the pre-action hook may refuse it (4xx or 5xx) or answer with
 * other values; without an answer in five seconds it goes ahead unchanged. After it the post-action hook is told. The REST
 * API passes the first by. Source: conversations-classic/conversations-webhooks.
 */
import type { ConversationFields } from '../conversations/conversation.ts';
import type { MessageFields } from '../conversations/messages.ts';
import type { NewParticipant } from '../conversations/participants.ts';
import type { Actor } from '../conversations/roles.ts';
import type { ChatService } from '../conversations/service.ts';
import type { UserFields } from '../conversations/users.ts';
import { TwilioRefusal } from '../errors.ts';
import type { ConversationRow, MessageRow, ParticipantRow, UserRow } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';
import { callWebhook } from './call.ts';
import { describeConversation, describeMessage, describeParticipant, describeUser } from './describe.ts';
import type { Params } from './signature.ts';

type Kind = 'Add' | 'Update' | 'Remove';

/** What comes after the pre-action event of the same kind. */
const PAST = { Add: 'Added', Update: 'Updated', Remove: 'Removed' } as const;

export interface Hooks {
  aroundConversation(change: {
    readonly kind: Kind;
    readonly actor: Actor;
    readonly row?: ConversationRow;
    readonly fields: ConversationFields;
    readonly perform: (fields: ConversationFields) => ConversationState;
  }): Promise<ConversationState>;
  aroundParticipant(change: {
    readonly kind: Kind;
    readonly actor: Actor;
    readonly conversation: ConversationRow;
    readonly participant: NewParticipant | ParticipantRow;
    readonly perform: () => ParticipantRow;
  }): Promise<ParticipantRow>;
  aroundMessage(change: {
    readonly kind: Kind;
    readonly actor: Actor;
    readonly conversationSid: string;
    readonly row?: MessageRow;
    readonly fields: MessageFields & { readonly mediaSids?: readonly string[] | undefined };
    /** `changed` holds what the hook wants otherwise. */
    readonly perform: (changed: MessageFields) => MessageRow;
  }): Promise<MessageRow>;
  aroundUser(change: {
    readonly actor: Actor;
    readonly row: UserRow;
    readonly fields: UserFields;
    readonly perform: (fields: UserFields) => UserRow;
  }): Promise<UserRow>;
  /** Resolves when all that is under way has been told. */
  settle(): Promise<void>;
}

export function createHooks(
  service: ChatService,
  { timeoutMs, onError }: { readonly timeoutMs: number; readonly onError: (error: unknown) => void },
): Hooks {
  const { authToken, accountSid, serviceSid } = service.account;
  // One after the other, so that who is told hears things in their order.
  let telling = Promise.resolve();

  const call = async (event: string, { url, params, actor }: { url: string; params: Params; actor: Actor }) => {
    const by: Params = actor.kind === 'user' ? { Source: 'SDK', ClientIdentity: actor.identity } : { Source: 'API' };
    const { method } = service.state.settings!.webhooks;
    const common = { AccountSid: accountSid, ChatServiceSid: serviceSid, EventType: event };
    return callWebhook({ url, method, params: { ...common, ...by, ...params }, authToken, timeoutMs });
  };

  /** What the pre-action hook wants otherwise. @throws TwilioRefusal 50520 */
  const before = async (event: string, actor: Actor, params: Params): Promise<Record<string, unknown>> => {
    const { preWebhookUrl: url, filters } = service.state.settings!.webhooks;
    if (actor.kind === 'api' || !url || !filters.includes(event)) return {};
    const answer = await call(event, { url, params, actor });
    if (answer && answer.status >= 400) throw new TwilioRefusal(50520);
    return parseAnswer(answer?.text);
  };

  const after = (event: string, actor: Actor, params: Params): void => {
    const { postWebhookUrl: url, filters } = service.state.settings!.webhooks;
    if ((actor.kind === 'api' && !actor.isToldToWebhooks) || !url || !filters.includes(event)) return;
    telling = telling.then(async () => {
      const answer = await call(event, { url, params, actor });
      if (!answer || answer.status >= 400) onError(new Error(`the webhook did not take ${event}`));
    });
  };

  return {
    async aroundConversation({ kind, actor, row, fields, perform }) {
      const wanted = await before(`onConversation${kind}`, actor, describeConversation(row, fields));
      const former = row?.state;
      const conversation = perform({
        ...fields,
        ...pickTexts(wanted, { friendlyName: 'friendly_name', uniqueName: 'unique_name', attributes: 'attributes' }),
      });
      after(`onConversation${PAST[kind]}`, actor, describeConversation(conversation.row));
      if (former !== undefined && former !== conversation.row.state) {
        after('onConversationStateUpdated', actor, { ...describeConversation(conversation.row), StateFrom: former });
      }
      return conversation;
    },

    async aroundParticipant({ kind, actor, conversation, participant, perform }) {
      await before(`onParticipant${kind}`, actor, describeParticipant(conversation, participant));
      const row = perform();
      after(`onParticipant${PAST[kind]}`, actor, describeParticipant(conversation, row));
      return row;
    },

    async aroundMessage({ kind, actor, conversationSid, row, fields, perform }) {
      const params = describeMessage(service, { conversationSid, actor, row, fields });
      const wanted = await before(`onMessage${kind}`, actor, params);
      const changed = pickTexts(wanted, { body: 'body', author: 'author', attributes: 'attributes' });
      const message = perform(changed);
      const now = describeMessage(service, { conversationSid, actor, row: message, fields: {} });
      after(`onMessage${PAST[kind]}`, actor, now);
      return message;
    },

    async aroundUser({ actor, row, fields, perform }) {
      await before('onUserUpdate', actor, describeUser({ ...row, ...defined(fields) }));
      const user = perform(fields);
      after('onUserUpdated', actor, describeUser(user));
      return user;
    },

    settle: () => telling,
  };
}

function parseAnswer(text = ''): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Texts under the names that we give them; `names` says how they are called in the answer. */
function pickTexts<T extends string>(
  answer: Record<string, unknown>,
  names: Readonly<Record<T, string>>,
): Partial<Record<T, string>> {
  const texts = (Object.entries(names) as [T, string][]).map(([ours, theirs]) => [ours, answer[theirs]] as const);
  return Object.fromEntries(texts.filter(([, value]) => typeof value === 'string')) as Partial<Record<T, string>>;
}

function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
