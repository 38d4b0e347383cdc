/**
 * What the emulator refuses. Twilio's numbers with their HTTP status go over the wire; `EmulatorError` is for whoever starts
 * it. Rows marked [guess] are not in Twilio's documentation: the number or the status is ours.
 */

interface Row {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 500 | 503;
  readonly message: string;
}

export const TWILIO_ERRORS = {
  20001: { status: 400, message: 'Invalid parameter' },
  20003: { status: 401, message: 'Authentication Error - invalid username' },
  20101: { status: 401, message: 'Invalid Access Token' },
  20102: { status: 401, message: 'Invalid Access Token header' },
  20103: { status: 401, message: 'Invalid Access Token issuer/subject' },
  20104: { status: 401, message: 'Access Token expired or expiration date invalid' },
  20105: { status: 401, message: 'Access Token not yet valid' },
  20106: { status: 401, message: 'Invalid Access Token grants' },
  20107: { status: 401, message: 'Invalid Access Token signature' },
  20157: { status: 401, message: 'Expiration Time Exceeds Maximum Time Allowed' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20500: { status: 500, message: 'Internal Server Error' },
  20503: { status: 503, message: 'Service unavailable' }, // [guess] number
  50107: { status: 403, message: 'User unauthorized for command' },
  50201: { status: 409, message: 'User already exists' }, // [guess]
  50350: { status: 404, message: 'Conversation not found' }, // [guess]
  50353: { status: 409, message: 'Conversation with provided unique name already exists' },
  50360: { status: 403, message: 'Conversation is closed' }, // [guess]
  50416: { status: 409, message: 'A binding for this participant and proxy address already exists' },
  50417: { status: 400, message: 'Conversation participants limit exceeded' }, // [guess] status
  50430: { status: 403, message: 'User not a member of the conversation' },
  50433: { status: 409, message: 'Participant already exists' }, // [guess]
  50435: { status: 400, message: 'User conversations limit exceeded' }, // [guess]
  50504: { status: 413, message: 'Message body is too long' }, // [guess] status
  50512: { status: 413, message: 'Media file size exceeds the limit' }, // [guess] status
  50513: { status: 400, message: 'Media not found, not yours, or sent before' }, // [guess]
  50520: { status: 403, message: 'Refused by the pre-action webhook' }, // [guess]
  50530: { status: 404, message: 'The message has no channel metadata' },
  54007: { status: 403, message: 'Access to the Sync object is forbidden' },
  54100: { status: 404, message: 'Sync object not found' }, // [guess] one number for documents, lists and maps
} as const satisfies Record<number, Row>;

export type TwilioCode = keyof typeof TWILIO_ERRORS;

/** A refusal that the client is to see, under one of Twilio's numbers. */
export class TwilioRefusal extends Error {
  readonly code: TwilioCode;
  readonly status: Row['status'];

  constructor(code: TwilioCode, reason?: string) {
    super(reason === undefined ? TWILIO_ERRORS[code].message : `${TWILIO_ERRORS[code].message}: ${reason}`);
    this.name = 'TwilioRefusal';
    this.code = code;
    this.status = TWILIO_ERRORS[code].status;
  }

  toBody(): { status: number; code: number; message: string; more_info: string } {
    const { status, code, message } = this;
    return { status, code, message, more_info: `https://www.twilio.com/docs/errors/${code}` };
  }
}

export const EMULATOR_ERRORS = {
  'emulator/insecure-host': {
    family: 'usage',
    message: 'The emulator is for this machine alone. Pass allowRemote to let others reach it.',
  },
  'emulator/no-account': { family: 'usage', message: 'The emulator needs an account. Pass one in accounts.' },
  'emulator/file-in-use': {
    family: 'usage',
    message: 'Another emulator uses the file. Stop it, or choose another file.',
  },
  'emulator/damaged-file': {
    family: 'storage',
    message: 'The emulator cannot read its file. Remove it, and the next start begins with nothing.',
  },
  'emulator/unknown-target': {
    family: 'usage',
    message: 'There is no such conversation, message, media or role. Check its SID or name.',
  },
} as const;

export type EmulatorErrorCode = keyof typeof EMULATOR_ERRORS;

/** An error of whoever starts or steers the emulator. `code` is stable; `details` holds no secret. */
export class EmulatorError extends Error {
  readonly code: EmulatorErrorCode;
  readonly family: 'usage' | 'storage';
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: EmulatorErrorCode, options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {}) {
    const { cause, details = {} } = options;
    super(EMULATOR_ERRORS[code].message, cause === undefined ? undefined : { cause });
    this.name = 'EmulatorError';
    this.code = code;
    this.family = EMULATOR_ERRORS[code].family;
    this.details = details;
  }
}
