/**
 * Errors of groups: rows as in `../errors.ts`, apart so that they are loaded with what throws them. Apps of the official client
 * switch on `errorCode`, its numbers, so each row that has one of them there has the same one here.
 */
import { type ErrorFamily, SdkError, type SdkErrorOptions } from '../errors.ts';

/** The numbers of the official client. It has `RemoteGroupNotFound` and `NoAccess` the wrong way round. */
export const GroupErrorCode = {
  LocalGroupNotFound: 1,
  PermissionDenied: 2,
  RemoteGroupNotFound: 3,
  InvalidGroup: 4,
  InvalidChangeParticipants: 5,
  InvalidParticipantsCount: 6,
  DataVerificationFailed: 7,
  GroupIdTooShort: 8,
  MessageNotFromThisGroup: 9,
  GroupIsOutdated: 10,
  NoAccess: 11,
  ParticipantAlreadyAdded: 12,
} as const;

export type GroupErrorNumber = (typeof GroupErrorCode)[keyof typeof GroupErrorCode];

interface ErrorRow {
  readonly family: ErrorFamily;
  readonly message: string;
  readonly errorCode?: GroupErrorNumber;
}

export const GROUP_ERRORS = {
  'group/id-too-short': {
    family: 'usage',
    message: 'The id of a group has at least 10 bytes.',
    errorCode: GroupErrorCode.GroupIdTooShort,
  },
  'group/malformed': { family: 'validation', message: 'The data is not a message of a group, or only a part of one.' },
  'group/too-long': {
    family: 'usage',
    message: 'A message of a group holds at most 29,915 bytes. Encrypt what is longer as a file.',
  },
  'group/unsupported-key': {
    family: 'usage',
    message: 'Messages of groups are signed with keys of type ED25519 alone. The sender needs such a key.',
  },
  'group/other-group': {
    family: 'validation',
    message: 'The message is of another group. Decrypt it with that one.',
    errorCode: GroupErrorCode.MessageNotFromThisGroup,
  },
  'group/outdated': {
    family: 'usage',
    message: 'The message is of a later epoch than this device has. Call update(), then decrypt it.',
    errorCode: GroupErrorCode.GroupIsOutdated,
  },
  'group/epoch-missing': {
    family: 'crypto',
    message:
      'The message is of an earlier epoch that this device does not have. Call update(); if that does not bring it, have the initiator call reAdd().',
    errorCode: GroupErrorCode.NoAccess,
  },
  'group/bad-signature': {
    family: 'crypto',
    message:
      'The message is not signed by the key of the given sender. If that key was replaced, pass the date of the message; else do not trust it.',
    errorCode: GroupErrorCode.DataVerificationFailed,
  },
  'group/undecryptable': {
    family: 'crypto',
    message: 'The message cannot be decrypted: it was altered.',
    errorCode: GroupErrorCode.DataVerificationFailed,
  },
  'group/conflicting-tickets': {
    family: 'crypto',
    message:
      'There are two keys for one epoch of the group: it was deleted and made anew, or old tickets were played back. Ask its initiator, then call loadGroup().',
    errorCode: GroupErrorCode.InvalidGroup,
  },
  'group/misplaced-ticket': {
    family: 'crypto',
    message: 'The ticket is of another group or epoch than its place says. Do not trust the service that gave it.',
    errorCode: GroupErrorCode.InvalidGroup,
  },
  'group/forged-ticket': {
    family: 'crypto',
    message:
      'The ticket is not signed by the initiator of the group. Do not trust it; look the initiator up again, then call loadGroup().',
    errorCode: GroupErrorCode.DataVerificationFailed,
  },
  'group/no-access': {
    family: 'crypto',
    message: 'A ticket of the group does not open with any key on this device. Have the initiator call reAdd().',
    errorCode: GroupErrorCode.NoAccess,
  },
  'group/bad-participants': {
    family: 'validation',
    message:
      'The service gives no list of participants with the initiator and this user in it. Do not trust it; check apiUrl.',
    errorCode: GroupErrorCode.InvalidGroup,
  },
  'group/participants-changed': {
    family: 'usage',
    message:
      'The service names participants whom this device did not know of; nobody was removed. Call update(), look at participants, and call again if they are right.',
    errorCode: GroupErrorCode.GroupIsOutdated,
  },
  'group/added-meanwhile': {
    family: 'usage',
    message:
      'Others were added on another device of this user while some were removed on this one, and the new epoch is without them. Call update(), then add those in details again.',
    errorCode: GroupErrorCode.GroupIsOutdated,
  },
  'group/not-found': {
    family: 'usage',
    message: 'There is no such group, or this user does not take part in it any more. Ask its initiator.',
    errorCode: GroupErrorCode.RemoteGroupNotFound,
  },
  'group/exists': {
    family: 'usage',
    message: 'This user has a group with this id. Call loadGroup(), or deleteGroup() if it is to go.',
  },
  'group/permission-denied': {
    family: 'usage',
    message: 'The initiator of a group alone changes its participants.',
    errorCode: GroupErrorCode.PermissionDenied,
  },
  'group/participants-count': {
    family: 'usage',
    message: 'A group has 1 to 100 participants, its initiator among them.',
    errorCode: GroupErrorCode.InvalidParticipantsCount,
  },
  'group/invalid-change': {
    family: 'usage',
    message:
      'Name whom to add or remove. The initiator cannot be removed, nor anyone added again who does not take part.',
    errorCode: GroupErrorCode.InvalidChangeParticipants,
  },
  'group/damaged-on-device': {
    family: 'storage',
    message: 'What this device keeps of the group cannot be read; nothing was deleted. Call loadGroup().',
    errorCode: GroupErrorCode.LocalGroupNotFound,
  },
} as const satisfies Record<string, ErrorRow>;

export type GroupErrorName = keyof typeof GROUP_ERRORS;

/** What a call about a group throws. Switch on `code`, or on `errorCode` as with the official client. */
export class GroupError extends SdkError {
  /** Undefined for what the official client has no number for. */
  readonly errorCode: GroupErrorNumber | undefined;

  constructor(code: GroupErrorName, facts: Pick<SdkErrorOptions, 'details' | 'cause'> = {}) {
    const { errorCode, ...row }: ErrorRow = GROUP_ERRORS[code];
    super({ name: 'GroupError', code, ...row, ...facts });
    this.errorCode = errorCode;
  }
}

/** `createGroup()` with an id that the user has a group of. */
export class GroupTicketAlreadyExistsError extends SdkError {
  constructor() {
    super({ name: 'GroupTicketAlreadyExistsError', code: 'group/exists', ...GROUP_ERRORS['group/exists'] });
  }
}
