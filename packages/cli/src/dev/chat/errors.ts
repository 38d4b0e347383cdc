/** What the routes of the demo refuse: rows as in `@sotto/core`, with the status under which they are served. */
import { type ErrorFamily, SdkError } from '@sotto/core';

interface Row {
  readonly family: ErrorFamily;
  readonly status: 400 | 403 | 404 | 409 | 413 | 503;
  readonly message: string;
}

const rows = {
  'demo/foreign-page': {
    family: 'usage',
    status: 403,
    message: 'This is for the page of this very origin. Ask from there.',
  },
  'demo/no-json': { family: 'usage', status: 400, message: 'Send a JSON object as application/json.' },
  'demo/too-large': { family: 'usage', status: 413, message: 'The body is larger than 16 KiB.' },
  'demo/unknown-attack': { family: 'usage', status: 404, message: 'No such attack. GET /demo/attack lists them.' },
  'demo/missing-field': { family: 'usage', status: 400, message: 'A field is missing, or is no short text.' },
  'demo/unknown-target': {
    family: 'usage',
    status: 404,
    message: 'The chat service has no such room, message or file. Choose another.',
  },
  'demo/never-edited': {
    family: 'usage',
    status: 409,
    message: 'The message was never changed. Edit it first, so that there is something to go back to.',
  },
  'demo/no-file': { family: 'usage', status: 409, message: 'The message has no file. Choose one that has.' },
  'demo/already-member': {
    family: 'usage',
    status: 409,
    message: 'That member is in the room already. Let the attacks stop first.',
  },
  'demo/impossible': {
    family: 'usage',
    status: 409,
    message: 'The chat service does not take that, whoever asks. Try it in another room.',
  },
  'demo/no-twilio-sdk': {
    family: 'usage',
    status: 503,
    message:
      'bob needs the package @twilio/conversations, which is not installed. Run npm install @twilio/conversations.',
  },
  'demo/no-peer': { family: 'internal', status: 503, message: 'bob is not here. The terminal of sotto dev says why.' },
} as const satisfies Record<string, Row>;

export type DemoErrorCode = keyof typeof rows;

export const DEMO_ERRORS: Readonly<Record<DemoErrorCode, Row>> = rows;

export function demoError(
  code: DemoErrorCode,
  { cause, details }: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
): SdkError {
  const { family, message } = DEMO_ERRORS[code];
  return new SdkError({ code, family, message, details, cause });
}

export function isDemoErrorCode(code: string): code is DemoErrorCode {
  return Object.hasOwn(DEMO_ERRORS, code);
}
