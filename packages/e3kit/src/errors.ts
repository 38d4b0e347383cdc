/**
 * Errors of the client. Those that callers catch by class today keep the names of the official client; all have a stable
 * `code`. The classes say what happened to whom in `details`, never in the message.
 */
import { type ErrorFamily, SdkError } from '@sotto/core';

export const CLIENT_ERRORS = {
  'usage/argument': { family: 'usage', message: 'An argument has the wrong type.' },
  'usage/api-url': { family: 'usage', message: 'apiUrl must be an http or https address without query.' },
  'usage/service-public-key': {
    family: 'usage',
    message: 'servicePublicKey must be the base64 of a public key (SERVICE_PUBLIC_KEY).',
  },

  'register/already-registered': {
    family: 'usage',
    message: 'This identity has a card. Use the device with its key, restore a backup, or rotatePrivateKey().',
  },
  'register/in-progress': {
    family: 'usage',
    message: 'A change of this user is in progress. Await it first.',
  },
  'key/missing': {
    family: 'usage',
    message: 'No private key on this device. Call register(), or restorePrivateKey() if there is a backup.',
  },

  'users/none-given': { family: 'usage', message: 'Name at least one identity.' },
  'users/repeated': { family: 'usage', message: 'Name each identity once.' },
  'users/not-found': {
    family: 'validation',
    message: 'Some users have no card. They must register first; see details.',
  },
  'users/multiple-cards': {
    family: 'validation',
    message: 'Some users have more than one current card. The extra ones must be revoked; see details.',
  },
  'users/lookup-failed': {
    family: 'validation',
    message: 'Some public keys could not be looked up; see lookupResult.',
  },
  'users/foreign-card': {
    family: 'validation',
    message: 'The service answered with a card that was not asked for. Do not trust it; check apiUrl.',
  },
  'users/key-not-accepted': {
    family: 'validation',
    message: 'The key of a user was replaced. Compare it with them, then call acceptKey(card); see details.',
  },

  'service-key/unknown': {
    family: 'validation',
    message: 'The service does not say by which key it signs cards. Pass servicePublicKey.',
  },
  'service-key/changed': {
    family: 'crypto',
    message: 'The service signs with a key that its pinned key did not appoint. Ask its operator before you trust it.',
  },

  'token/unavailable': { family: 'transport', message: 'The token callback failed. Check the backend of the app.' },
  'token/unusable': { family: 'usage', message: 'The token callback must give a token as text.' },
  'token/other-identity': {
    family: 'usage',
    message: 'The token is for another user or application. Initialize again for another user.',
  },
  'token/refused': {
    family: 'usage',
    message: 'The service does not accept the token. Check APP_ID, APP_KEY_ID and APP_KEY of the backend.',
  },
  'token/expired-again': {
    family: 'usage',
    message: 'The service calls a token expired that was just fetched. Check the clock of the backend.',
  },

  'service/refused': {
    family: 'usage',
    message: 'The service refused the request; see details.',
  },
  'service/too-many-requests': {
    family: 'transport',
    message: 'The service is asked too often. Try again after as many seconds as details.retryAfterSeconds says.',
  },
  'service/unavailable': { family: 'transport', message: 'The service reports a failure of its own. Try again later.' },
  'service/bad-answer': {
    family: 'transport',
    message: 'The answer is not from a Sotto service. Check apiUrl, and what stands between.',
  },
  'service/altered-card': {
    family: 'crypto',
    message: 'The service answered a publish with another card. Do not trust it.',
  },

  'storage/damaged-key-ring': {
    family: 'storage',
    message:
      'The stored keys cannot be read; nothing was deleted. Bring the store back, or call cleanup() and restore a backup.',
  },
  'storage/damaged-verified-peers': {
    family: 'storage',
    message: 'The stored list of verified users cannot be read; nothing was deleted. Update the app, or restore it.',
  },
} as const satisfies Record<string, { family: ErrorFamily; message: string }>;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

interface ErrorFacts {
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

export function clientError(code: ClientErrorCode, facts: ErrorFacts = {}): SdkError {
  return new SdkError({ code, ...CLIENT_ERRORS[code], ...facts });
}

/** An argument of the wrong type: a TypeError, as callers of the official client expect, with our fields. */
export class ArgumentError extends TypeError {
  readonly code: ClientErrorCode;
  readonly family = 'usage';

  constructor(message: string, code: ClientErrorCode = 'usage/argument') {
    super(message);
    this.name = 'ArgumentError';
    this.code = code;
  }
}

/** A base for classes that stand for one row of the table. */
export class RowError extends SdkError {
  constructor(name: string, code: ClientErrorCode, facts: ErrorFacts = {}) {
    super({ name, code, ...CLIENT_ERRORS[code], ...facts });
  }
}

/** `register()` of an identity that has a card. */
export class IdentityAlreadyExistsError extends RowError {
  constructor() {
    super('IdentityAlreadyExistsError', 'register/already-registered');
  }
}

/** A call that needs the private key on a device that has none. */
export class MissingPrivateKeyError extends RowError {
  constructor() {
    super('MissingPrivateKeyError', 'key/missing');
  }
}

/** One identity has several current cards. */
export class MultipleCardsError extends RowError {
  readonly identity: string;

  constructor(identity: string) {
    super('MultipleCardsError', 'users/multiple-cards', { details: { identities: [identity] } });
    this.identity = identity;
  }
}

/** `findUsers` of identities without a card. */
export class UsersNotFoundError extends RowError {
  readonly identities: readonly string[];

  constructor(identities: readonly string[]) {
    super('UsersNotFoundError', 'users/not-found', { details: { identities } });
    this.identities = identities;
  }
}

/** `findUsers` of identities with several current cards. */
export class UsersFoundWithMultipleCardsError extends RowError {
  readonly identities: readonly string[];

  constructor(identities: readonly string[]) {
    super('UsersFoundWithMultipleCardsError', 'users/multiple-cards', { details: { identities } });
    this.identities = identities;
  }
}
