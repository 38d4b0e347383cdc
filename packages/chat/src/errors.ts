/** The errors of rooms: rows as in `@sotto/core`. What is wrong with a message that came in is no error, but its `verification`. */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '@sotto/core';

interface ErrorRow {
  readonly family: ErrorFamily;
  readonly message: string;
}

export const CHAT_ERRORS = {
  'chat/closed': { family: 'usage', message: 'The room was closed. Open it again.' },
  'chat/empty-message': { family: 'usage', message: 'The message has neither text nor files. Give one of them.' },
  'chat/too-long': {
    family: 'usage',
    message: 'What is to be sent is longer than the transport takes. Shorten it, or send the text as a file.',
  },
  'chat/too-many-files': {
    family: 'usage',
    message: 'The transport takes fewer files in one message (details.limit). Send more messages.',
  },
  'chat/file-too-large': {
    family: 'usage',
    message: 'A file is larger than the transport takes (details.limit, bytes). Send it in parts, or another way.',
  },
  'chat/bad-expiry': { family: 'usage', message: 'expiresAt is a date, and in the future.' },
  'chat/bad-emoji': { family: 'usage', message: 'A reaction is 1 to 64 bytes of text, and a user has at most 20.' },
  'chat/not-supported': {
    family: 'usage',
    message: 'The transport, or the format of the room, has no such thing (details.what). Do without it.',
  },
  'chat/cannot-edit': {
    family: 'usage',
    message: 'Only a verified message of the user can be edited. Send a new one.',
  },
  'chat/cannot-react': {
    family: 'usage',
    message: 'Only to a verified message that is not removed or expired can be reacted.',
  },
  'chat/unknown-message': { family: 'usage', message: 'The room has no such message; it may have been removed.' },

  'chat/member-cannot-decrypt': {
    family: 'usage',
    message:
      'Members of the room cannot decrypt, such as telephones (details.members). Remove them, or name them in leaveOut.',
  },
  'chat/member-without-card': {
    family: 'usage',
    message: 'Members of the room have no card (details.members). Have them register, or name them in leaveOut.',
  },
  'chat/key-not-accepted': {
    family: 'validation',
    message:
      'Keys of members were replaced (details.members). Compare safety words, accept the keys, or name the members in leaveOut.',
  },
  'chat/unknown-member': {
    family: 'crypto',
    message:
      'Members joined whom nobody on this device accepted (details.members). Call acceptMember() if they belong here, or name them in leaveOut.',
  },
  'chat/member-key-unusable': {
    family: 'validation',
    message:
      'Nothing can be encrypted for keys of members (details.members). Have them register anew, or name them in leaveOut.',
  },

  'chat/send-refused': {
    family: 'transport',
    message: 'The chat service refused what was sent, and did not store it. See the cause.',
  },
  'chat/send-doubtful': {
    family: 'transport',
    message:
      'Nobody knows whether the message (details.id) was stored. Do not send it again: the room finds out when it is connected.',
  },

  'chat/unknown-sender': {
    family: 'validation',
    message: 'The sender has no card, so that nothing can be verified. Ask the sender to register.',
  },
  'chat/media-missing': {
    family: 'validation',
    message: 'The file is not beside the message any more. Ask the sender for it.',
  },
  'chat/media-swapped': {
    family: 'crypto',
    message: 'The file is not the one that the sender attached. Do not use it; ask the sender for it.',
  },
  'chat/damaged-on-device': {
    family: 'storage',
    message:
      'What this device keeps of the room cannot be read (details.name); nothing was deleted. Restore it, or remove it and lose what it protects.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ChatErrorCode = keyof typeof CHAT_ERRORS;

/** Makes the error of a row of `CHAT_ERRORS`. */
export function chatError(code: ChatErrorCode, facts: Pick<SdkErrorOptions, 'details' | 'cause'> = {}): SdkError {
  return new SdkError({ code, ...CHAT_ERRORS[code], ...facts });
}
