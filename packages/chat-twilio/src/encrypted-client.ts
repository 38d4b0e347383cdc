/**
 * A whole client: conversations come out of it encrypted, and messages of all of them decrypted, in the order of each conversation. Events that
 * have to do with neither are Twilio's own.
 */
import type { ChatUser } from '@sotto/chat';
import { createConversationBook } from './conversation-book.ts';
import type { DecryptedMessage, EncryptedConversation, EncryptedOptions, MessageUpdate } from './encrypted-types.ts';
import type { AnyListener, ClientLike, ConversationOf, CreateConversationLike, PageLike } from './twilio-types.ts';
import { createEmitter } from './emitter.ts';

type HandleOf<C extends ClientLike> = EncryptedConversation<ConversationOf<C>>;

export interface ClientEvents<C extends ClientLike = ClientLike> {
  conversationAdded: (conversation: HandleOf<C>) => void;
  conversationJoined: (conversation: HandleOf<C>) => void;
  conversationLeft: (conversation: HandleOf<C>) => void;
  conversationRemoved: (conversation: HandleOf<C>) => void;
  conversationUpdated: (update: { conversation: HandleOf<C>; updateReasons: string[] }) => void;
  messageAdded: (message: DecryptedMessage<ConversationOf<C>>) => void;
  messageUpdated: (update: MessageUpdate<ConversationOf<C>>) => void;
  messageRemoved: (message: DecryptedMessage<ConversationOf<C>>) => void;
  /** What went wrong behind the scenes, such as a conversation that cannot be opened. */
  trouble: (error: unknown) => void;
}

export interface EncryptedClient<C extends ClientLike = ClientLike> {
  /** The untouched client. What is sent over its conversations is not encrypted. */
  readonly raw: C;
  readonly connectionState: C['connectionState'];

  getConversationBySid(sid: string): Promise<HandleOf<C>>;
  getConversationByUniqueName(uniqueName: string): Promise<HandleOf<C>>;
  peekConversationBySid(sid: string): Promise<HandleOf<C>>;
  createConversation(options?: CreateConversationLike): Promise<HandleOf<C>>;
  getSubscribedConversations(): Promise<PageLike<HandleOf<C>>>;

  /** Events of `ClientEvents` are ours; all others, such as `tokenAboutToExpire`, are passed on as Twilio gives them. */
  on<Name extends keyof ClientEvents>(event: Name, listener: ClientEvents<C>[Name]): this;
  on(event: string, listener: AnyListener): this;
  once<Name extends keyof ClientEvents>(event: Name, listener: ClientEvents<C>[Name]): this;
  once(event: string, listener: AnyListener): this;
  off<Name extends keyof ClientEvents>(event: Name, listener: ClientEvents<C>[Name]): this;
  off(event: string, listener: AnyListener): this;

  updateToken(token: string): Promise<EncryptedClient<C>>;
  /** Closes all conversations, then shuts the client down. */
  shutdown(): Promise<void>;
}

const MESSAGE_EVENTS = ['messageAdded', 'messageUpdated', 'messageRemoved'] as const;
const CONVERSATION_EVENTS = [
  'conversationAdded',
  'conversationJoined',
  'conversationLeft',
  'conversationRemoved',
] as const;
const OURS: ReadonlySet<string> = new Set([
  ...MESSAGE_EVENTS,
  ...CONVERSATION_EVENTS,
  'conversationUpdated',
  'trouble',
]);

/** Conversations are opened for `user` when they are asked for, or when something happens in them that the app listens to. */
export function encryptedClient<C extends ClientLike>(
  client: C,
  user: ChatUser,
  options: Omit<EncryptedOptions, 'client'> = {},
): EncryptedClient<C> {
  const emitter = createEmitter<ClientEvents<C>>();
  const book = createConversationBook<ConversationOf<C>>({
    user,
    options: { ...options, client },
    onOpened: (handle) => forwardMessages(handle),
    onTrouble: (error) => emitter.emit('trouble', error),
  });

  function forwardMessages(handle: HandleOf<C>): void {
    handle.on('messageAdded', (message) => emitter.emit('messageAdded', message));
    handle.on('messageUpdated', (update) => emitter.emit('messageUpdated', update));
    handle.on('messageRemoved', (message) => emitter.emit('messageRemoved', message));
    handle.on('trouble', (error) => emitter.emit('trouble', error));
  }
  const open = async (asked: Promise<unknown>): Promise<HandleOf<C>> => book.open((await asked) as ConversationOf<C>);

  const listeners: Record<string, AnyListener> = {
    conversationUpdated: ({
      conversation,
      updateReasons,
    }: {
      conversation: ConversationOf<C>;
      updateReasons: string[];
    }) => {
      if (!emitter.hasListeners('conversationUpdated')) return;
      book.withHandle(conversation, (handle) =>
        emitter.emit('conversationUpdated', { conversation: handle, updateReasons }),
      );
    },
  };
  for (const event of CONVERSATION_EVENTS) {
    listeners[event] = (conversation: ConversationOf<C>) => {
      if (emitter.hasListeners(event)) book.withHandle(conversation, (handle) => emitter.emit(event, handle));
      if (event === 'conversationRemoved') book.close(conversation.sid);
      else if (emitter.hasListeners(...MESSAGE_EVENTS)) book.follow(conversation);
    };
  }
  for (const [event, listener] of Object.entries(listeners)) client.on(event, listener);

  /** Conversations that were joined before somebody asked for their messages. */
  async function followJoined(): Promise<void> {
    for (let page = await client.getSubscribedConversations(); ; page = await page.nextPage()) {
      for (const conversation of page.items) book.follow(conversation as ConversationOf<C>);
      if (!page.hasNextPage) return;
    }
  }

  const self: EncryptedClient<C> = {
    raw: client,
    get connectionState() {
      return client.connectionState;
    },
    getConversationBySid: (sid) => open(client.getConversationBySid(sid)),
    getConversationByUniqueName: (uniqueName) => open(client.getConversationByUniqueName(uniqueName)),
    peekConversationBySid: (sid) => open(client.peekConversationBySid(sid)),
    createConversation: (given) => open(client.createConversation(given)),
    getSubscribedConversations: async () =>
      mapPage(await client.getSubscribedConversations(), (conversation) =>
        book.open(conversation as ConversationOf<C>),
      ),

    on(event: string, listener: AnyListener) {
      if (!OURS.has(event)) client.on(event, listener);
      else emitter.on(event as keyof ClientEvents, listener);
      if ((MESSAGE_EVENTS as readonly string[]).includes(event)) {
        followJoined().catch((error: unknown) => emitter.emit('trouble', error));
      }
      return self;
    },
    once(event: string, listener: AnyListener) {
      const onFirst = (...values: unknown[]): void => {
        self.off(event, onFirst);
        listener(...values);
      };
      return self.on(event, onFirst);
    },
    off(event: string, listener: AnyListener) {
      if (!OURS.has(event)) client.off(event, listener);
      else emitter.off(event as keyof ClientEvents, listener);
      return self;
    },

    async updateToken(token) {
      // A token that comes while the SDK disconnects, as after one has expired, is lost there.
      await leaveState(client, 'disconnecting');
      await client.updateToken(token);
      return self;
    },
    async shutdown() {
      for (const [event, listener] of Object.entries(listeners)) client.off(event, listener);
      await book.closeAll();
      await client.shutdown();
    },
  };
  return self;
}

/** Resolves when the state is another, and whoever is told of that has been told. */
async function leaveState(client: ClientLike, state: string): Promise<void> {
  let look = (): void => undefined;
  const onChange = (): void => look();
  client.on('connectionStateChanged', onChange);
  await new Promise<void>((resolve) => {
    look = () => {
      if (client.connectionState !== state) setTimeout(resolve, 0);
    };
    look();
  });
  client.off('connectionStateChanged', onChange);
}

async function mapPage<T, R>(page: PageLike<T>, map: (item: T) => Promise<R>): Promise<PageLike<R>> {
  return {
    items: await Promise.all(page.items.map(map)),
    hasNextPage: page.hasNextPage,
    hasPrevPage: page.hasPrevPage,
    nextPage: async () => mapPage(await page.nextPage(), map),
    prevPage: async () => mapPage(await page.prevPage(), map),
  };
}
