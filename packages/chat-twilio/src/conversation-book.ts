/** The conversations of one client: one handle for each, opened when it is needed, and listened to before that if messages are wanted. */
import type { ChatUser } from '@sotto/chat';
import { openListening, startTelling } from './encrypted.ts';
import type { EncryptedConversation, EncryptedOptions } from './encrypted-types.ts';
import { type Listening, listenTo } from './listening.ts';
import type { ConversationLike } from './twilio-types.ts';

export interface ConversationBook<C extends ConversationLike> {
  /** The same handle each time. One that could not be opened is tried again. */
  open(conversation: C): Promise<EncryptedConversation<C>>;
  /** Opens it with the first thing that happens in it. */
  follow(conversation: C): void;
  /** In the order of the calls for one conversation. */
  withHandle(conversation: C, task: (handle: EncryptedConversation<C>) => void): void;
  close(sid: string): void;
  closeAll(): Promise<void>;
}

interface Entry<C extends ConversationLike> {
  readonly listening: Listening;
  /** Whether messages are wanted, so that it is listened to again where it could not be opened. */
  isFollowed: boolean;
  handle?: Promise<EncryptedConversation<C>>;
}

export function createConversationBook<C extends ConversationLike>({
  user,
  options,
  onOpened,
  onTrouble,
}: {
  readonly user: ChatUser;
  readonly options: EncryptedOptions;
  readonly onOpened: (handle: EncryptedConversation<C>) => void;
  readonly onTrouble: (error: unknown) => void;
}): ConversationBook<C> {
  const entries = new Map<string, Entry<C>>();

  function entryOf(conversation: C): Entry<C> {
    const present = entries.get(conversation.sid);
    if (present !== undefined) return present;
    const onFirst = (): void => void open(conversation).catch(onTrouble);
    const entry: Entry<C> = { listening: listenTo(conversation, options, onFirst), isFollowed: false };
    entries.set(conversation.sid, entry);
    return entry;
  }
  function open(conversation: C): Promise<EncryptedConversation<C>> {
    const entry = entryOf(conversation);
    entry.handle ??= openEntry(conversation, entry);
    return entry.handle;
  }
  async function openEntry(conversation: C, entry: Entry<C>): Promise<EncryptedConversation<C>> {
    try {
      if (!entry.isFollowed) await startTelling(conversation, entry.listening);
      const handle = await openListening({ conversation, user, options, listening: entry.listening });
      onOpened(handle);
      return handle;
    } catch (error) {
      entries.delete(conversation.sid);
      if (entry.isFollowed) follow(conversation);
      throw error;
    }
  }
  function follow(conversation: C): void {
    entryOf(conversation).isFollowed = true;
  }
  async function close(sid: string): Promise<void> {
    const entry = entries.get(sid);
    entries.delete(sid);
    entry?.listening.release();
    await (await entry?.handle?.catch(() => undefined))?.close();
  }

  return {
    open,
    follow,
    withHandle: (conversation, task) => void open(conversation).then(task).catch(onTrouble),
    close: (sid) => void close(sid).catch(onTrouble),
    async closeAll() {
      await Promise.all([...entries.keys()].map(close));
    },
  };
}
