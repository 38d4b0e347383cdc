/**
 * Everything that `@sotto/chat-twilio` refuses by itself, once. What is said of any chat, such as `chat/send-refused`, is in the table
 * of `@sotto/chat`. Messages hold no text, token or identity.
 */
import { type ErrorFamily, SdkError } from '@sotto/core';

const rows = {
  'twilio/call-failed': {
    family: 'transport',
    message: 'Twilio did not carry out the call. Look at details and cause, and try again.',
  },
  'twilio/not-permitted': {
    family: 'usage',
    message:
      'The role of this user does not permit the call. Give that role the permission, on the backend; reactions need the one to change attributes of messages of others.',
  },
  'twilio/attributes-not-object': {
    family: 'usage',
    message: 'The attributes are no JSON object, so nothing can be kept beside them. Make them an object.',
  },
  'twilio/attributes-full': {
    family: 'usage',
    message: 'The attributes would be longer than Twilio takes. Keep less in them; see details.',
  },

  'twilio/media-type': {
    family: 'usage',
    message:
      'Media is a Blob, a File, bytes, a FormData with files, or an object with contentType and media; a text needs such an object.',
  },
  'twilio/media-limits': {
    family: 'usage',
    message: 'The conversation takes fewer or smaller attachments. Send several messages; see details.',
  },
  'twilio/email-options': {
    family: 'usage',
    message: 'Subjects and other options for e-mail cannot be encrypted. Leave them out; put a subject into the text.',
  },
  'twilio/download-failed': {
    family: 'transport',
    message: 'The media could not be downloaded. Try again; see details.',
  },
  'twilio/download-size': {
    family: 'validation',
    message: 'The media has another length than Twilio says. Try again; if it stays so, do not trust it.',
  },

  'twilio/bad-option': { family: 'usage', message: 'An option is missing or cannot be used; see details.' },
  'twilio/push-template': {
    family: 'usage',
    message: 'A push template shows the body or the name of a file, which are ciphertext. Leave the placeholder out.',
  },
  'twilio/webhook-taken': {
    family: 'usage',
    message:
      'The service has another webhook that is asked before events. Let that one call the guard, or pass replaceWebhook.',
  },
} as const satisfies Record<string, { readonly family: ErrorFamily; readonly message: string }>;

export type ChatTwilioErrorCode = keyof typeof rows;

/** Every code of this package with its family and message. */
export const CHAT_TWILIO_ERRORS: Readonly<Record<ChatTwilioErrorCode, { family: ErrorFamily; message: string }>> = rows;

export function chatTwilioError(
  code: ChatTwilioErrorCode,
  options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
): SdkError {
  return new SdkError({ code, ...CHAT_TWILIO_ERRORS[code], ...options });
}
