/** Waits until the SDK knows of a change of participants: its list follows by an event, after the answer to the call that made the change. */
import type { ConversationLike, ParticipantLike } from './twilio-types.ts';

const WAIT_MS = 10_000;

/** Resolves when `isThere`, or after a while without. */
export async function awaitRoster(
  conversation: ConversationLike,
  isThere: (participants: readonly ParticipantLike[]) => boolean,
): Promise<void> {
  let look = (): void => undefined;
  const onChange = (): void => look();
  for (const event of EVENTS) conversation.on(event, onChange);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(resolve, WAIT_MS);
      look = () =>
        void conversation.getParticipants().then((participants) => {
          if (isThere(participants)) resolve();
        }, reject);
      look();
    });
  } finally {
    clearTimeout(timer);
    for (const event of EVENTS) conversation.off(event, onChange);
  }
}

const EVENTS = ['participantJoined', 'participantLeft'] as const;
