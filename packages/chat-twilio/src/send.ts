/** Hands payloads to the SDK, and files with them: it uploads those one after the other, then posts the message. */
import { chatError, type OutgoingPayload, type TransferOptions } from '@sotto/chat';
import { sendError } from './call-failure.ts';
import type { BuilderLike, CancellableLike, ConversationLike, JsonValue, MessageLike } from './twilio-types.ts';

export interface SendOptions extends TransferOptions {
  /** Plain for all who see the message, the service included. */
  readonly attributes?: JsonValue | undefined;
}

/**
 * Gives back the index. The SDK does not say how far an upload is: `onProgress` is told the beginning and the end.
 * @throws chat/send-refused, chat/send-doubtful; the reason of `signal`, after which the message may be there if it had files
 */
export async function sendMessage(
  conversation: ConversationLike,
  { payload, files }: OutgoingPayload,
  { signal, onProgress, attributes }: SendOptions = {},
): Promise<number> {
  signal?.throwIfAborted();
  const total = files.reduce((sum, { content }) => sum + content.size, 0);
  const message = await refuseFailures(async () => {
    const builder: BuilderLike = conversation.prepareMessage().setBody(payload);
    if (attributes !== undefined) builder.setAttributes(attributes);
    for (const { name, type, content } of files) {
      builder.addMedia({ contentType: type, filename: name, media: await toUpload(content) });
    }
    return builder.build();
  });
  onProgress?.(0, total);
  signal?.throwIfAborted();
  // A post alone is as good as done, and there is nothing in it to cancel.
  const index = await settle(message.send(), files.length > 0 ? signal : undefined);
  onProgress?.(total, total);
  return index;
}

/** @throws chat/send-refused, chat/send-doubtful */
export async function editMessage(message: MessageLike, payload: string): Promise<void> {
  try {
    await message.updateBody(payload);
  } catch (cause) {
    throw sendError(cause);
  }
}

/** What fails before `send()` was surely not stored. */
async function refuseFailures<T>(prepare: () => Promise<T>): Promise<T> {
  try {
    return await prepare();
  } catch (cause) {
    throw chatError('chat/send-refused', { cause });
  }
}

/** Cancelling ends an upload, but not the post that follows the last one, and the SDK does not tell which it was. */
async function settle(sending: CancellableLike<number | null>, signal: AbortSignal | undefined): Promise<number> {
  const cancel = (): void => void sending.cancel();
  signal?.addEventListener('abort', cancel);
  let index: number | null;
  try {
    index = await sending;
  } catch (cause) {
    signal?.throwIfAborted();
    throw sendError(cause);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
  // An answer without an index that can be read: the message is there all the same, and the room finds it.
  if (index === null) throw chatError('chat/send-doubtful');
  return index;
}

/** The SDK takes a Blob where there is XMLHttpRequest, and a Buffer on Node, where it brings a request of its own. */
async function toUpload(content: Blob): Promise<Blob | Buffer> {
  return 'XMLHttpRequest' in globalThis ? content : globalThis.Buffer.from(await content.arrayBuffer());
}
