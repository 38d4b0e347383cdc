/** A conversation that is listened to before there is a room for it, so that no event is lost in between. */
import type { RoomTransport } from '@sotto/chat';
import { createUpdateReasons, type UpdateReasons } from './conversation-events.ts';
import type { EncryptedOptions } from './encrypted-types.ts';
import { holdEvents } from './held-events.ts';
import { createTwilioTransport } from './transport.ts';
import type { ConversationLike, JsonValue } from './twilio-types.ts';

export interface Listening {
  /** Keeps what it hears until the room subscribes. */
  readonly transport: RoomTransport;
  readonly reasons: UpdateReasons;
  /** Set by whoever sends, around each send. */
  attributesOfNext: JsonValue | undefined;
  /** Set by whoever shows messages. */
  onOtherUpdate: (sid: string) => void;
  release(): void;
}

/** `onFirst` is called with the first event. */
export function listenTo(
  conversation: ConversationLike,
  { client }: Pick<EncryptedOptions, 'client'>,
  onFirst: () => void,
): Listening {
  const reasons = createUpdateReasons();
  const noteReasons = (update: { message: { sid: string }; updateReasons: readonly string[] }): void =>
    reasons.note(update.message.sid, update.updateReasons);
  // Before the transport, so that the reasons are there when the room has judged the update.
  conversation.on('messageUpdated', noteReasons);
  const transport = createTwilioTransport(conversation, {
    client,
    attributesOfNext: () => listening.attributesOfNext,
    onOtherUpdate: ({ sid }) => listening.onOtherUpdate(sid),
  });
  const held = holdEvents(transport, onFirst);
  const listening: Listening = {
    transport: held.transport,
    reasons,
    attributesOfNext: undefined,
    onOtherUpdate: () => undefined,
    release() {
      conversation.off('messageUpdated', noteReasons);
      held.release();
    },
  };
  return listening;
}
