/** Makes an encrypted conversation of one of Twilio's: the one line that an app adds where it obtains a conversation. */
import { type ChatUser, openRoom } from '@sotto/chat';
import { EncryptedHandle } from './encrypted-handle.ts';
import type { EncryptedConversation, EncryptedOptions } from './encrypted-types.ts';
import { type Listening, listenTo } from './listening.ts';
import type { ConversationLike } from './twilio-types.ts';

/**
 * Encrypts and decrypts for `user`, such as an `EThree` with a key on this device. The conversation itself stays as it is.
 * @throws what `openChatSession()` of the user does, such as `key/missing`
 */
export async function encrypted<C extends ConversationLike>(
  conversation: C,
  user: ChatUser,
  options: EncryptedOptions = {},
): Promise<EncryptedConversation<C>> {
  const listening = listenTo(conversation, options, () => undefined);
  await startTelling(conversation, listening);
  return openListening({ conversation, user, options, listening });
}

/**
 * From then on the SDK tells of every message, and it is known which of them came later. Not for who listens already: what is read before
 * its event has come, the SDK does not tell of any more.
 */
export async function startTelling(conversation: ConversationLike, listening: Listening): Promise<void> {
  try {
    if (conversation.status === 'joined') await listening.transport.history({ limit: 1 });
  } catch (error) {
    listening.release();
    throw error;
  }
}

export async function openListening<C extends ConversationLike>({
  conversation,
  user,
  options,
  listening,
}: {
  readonly conversation: C;
  readonly user: ChatUser;
  readonly options: EncryptedOptions;
  readonly listening: Listening;
}): Promise<EncryptedConversation<C>> {
  const { onPlaintext, onUnknownMember, settleSeconds, unsafeLegacyFormat } = options;
  const roomOptions = { onPlaintext, onUnknownMember, settleSeconds, unsafeLegacyFormat };
  try {
    const room = await openRoom({ ...roomOptions, transport: listening.transport, user });
    const mayWriteAttributes = options.attributes !== 'strip';
    return new EncryptedHandle({ raw: conversation, room, listening, mayWriteAttributes });
  } catch (error) {
    listening.release();
    throw error;
  }
}
