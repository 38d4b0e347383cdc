/** Errors of chat formats: rows as in `../errors.ts`, apart so that they are loaded with what throws them. */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '../errors.ts';

export const CHAT_FORMAT_ERRORS = {
  'chat/malformed': {
    family: 'validation',
    message: 'The text is not a chat message of this format (details.part). Ask the sender which program wrote it.',
  },
  'chat/unsupported-version': {
    family: 'validation',
    message: 'The chat message is of a later version. Update the app.',
  },
  'chat/bad-content': {
    family: 'usage',
    message: 'What is to be sent does not fit the format (details.part). See docs/spec/chat.md for the bounds.',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export function chatFormatError(
  code: keyof typeof CHAT_FORMAT_ERRORS,
  facts: Pick<SdkErrorOptions, 'details' | 'cause'> = {},
): SdkError {
  return new SdkError({ code, ...CHAT_FORMAT_ERRORS[code], ...facts });
}
