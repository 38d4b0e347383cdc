/**
 * Texts of push notifications. Twilio's own show 178 characters of the body, which would be ciphertext, and names of files, which are random. The
 * payload beside the text names conversation and message, so that the app can fetch and decrypt on the device.
 */
import { chatTwilioError } from '../errors.ts';

/** Parameters of `configuration.notifications().update()`. */
export interface PushTemplates {
  readonly 'newMessage.enabled': boolean;
  readonly 'newMessage.template': string;
  readonly 'newMessage.withMedia.enabled': boolean;
  readonly 'newMessage.withMedia.template': string;
}

export interface PushTexts {
  /** May hold `${PARTICIPANT}` and `${CONVERSATION}`, which the push services then see. */
  readonly newMessage?: string | undefined;
  readonly newMedia?: string | undefined;
}

/** @throws twilio/push-template */
export function pushTemplates({
  newMessage = 'New message from ${PARTICIPANT}',
  newMedia = 'New attachment from ${PARTICIPANT}',
}: PushTexts = {}): PushTemplates {
  for (const template of [newMessage, newMedia]) {
    if (/\$\{\s*(MESSAGE|MEDIA)/i.test(template)) throw chatTwilioError('twilio/push-template');
  }
  return {
    'newMessage.enabled': true,
    'newMessage.template': newMessage,
    'newMessage.withMedia.enabled': true,
    'newMessage.withMedia.template': newMedia,
  };
}
