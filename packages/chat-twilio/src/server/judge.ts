/** What the guard thinks of one event of Twilio's: whether the body of a message is in a form of ours, and whether a new participant can decrypt. */
import { parseMessageInfo } from '@sotto/core';
import { parseBody } from '@sotto/core/chat';

/** The fields of a webhook by their names. */
export type WebhookEvent = Readonly<Record<string, string>>;

export interface GuardRefusal {
  readonly eventType: string;
  readonly reason: 'not-encrypted' | 'cannot-decrypt';
  readonly message: string;
}

/** Undefined for what may pass. */
export function judgeEvent(
  event: WebhookEvent,
  { allowLegacyFormat }: { readonly allowLegacyFormat: boolean },
): GuardRefusal | undefined {
  const { EventType: eventType = '', Body: body } = event;
  const isUnchangedBody = eventType === 'onMessageUpdate' && body === undefined;
  if (eventType === 'onMessageAdd' || (eventType === 'onMessageUpdate' && !isUnchangedBody)) {
    if (isEncrypted(body ?? '', allowLegacyFormat)) return undefined;
    return { eventType, reason: 'not-encrypted', message: 'The body of the message is not encrypted.' };
  }
  if (eventType === 'onParticipantAdd' && hasBinding(event)) {
    const message = 'A participant over SMS, e-mail and the like cannot decrypt.';
    return { eventType, reason: 'cannot-decrypt', message };
  }
  return undefined;
}

function isEncrypted(body: string, allowLegacyFormat: boolean): boolean {
  try {
    const parsed = parseBody(body);
    if (parsed.form === 'legacy') return allowLegacyFormat;
    // A prefix alone makes no envelope of what follows it.
    if (parsed.form === 'envelope') parseMessageInfo(parsed.message);
    return parsed.form !== 'plain';
  } catch {
    return false;
  }
}

function hasBinding(event: WebhookEvent): boolean {
  return Object.entries(event).some(
    ([name, value]) => name.startsWith('MessagingBinding') && !['', '{}', 'null'].includes(value),
  );
}
