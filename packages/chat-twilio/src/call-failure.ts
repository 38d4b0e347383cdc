/**
 * Why a call of the SDK was rejected. Its errors have no common class and minified names, so they are told apart by what they carry.
 * Seen in 2.7 and 3.0: an answer of the service, a refusal by the socket, an upload that failed, a connection that is given up;
 * everything else ("disconnected", a timeout) leaves open whether the call was carried out.
 */
import { chatError } from '@sotto/chat';
import { isSdkError, type SdkError } from '@sotto/core';
import { chatTwilioError } from './errors.ts';

export interface CallFailure {
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** Twilio's own number, such as 50504. */
  readonly twilioCode?: number;
  /** Whether the call surely had no effect. */
  readonly isRefusal: boolean;
}

// A request that timed out at a gateway may have been carried out behind it.
const REQUEST_TIMEOUT = 408;

export function readCallFailure(cause: unknown): CallFailure {
  if (typeof cause !== 'object' || cause === null) return { isRefusal: false };
  const { status, body, reply, code, headers, message } = cause as Record<string, unknown>;
  const twilioCode = numberIn(body, 'code');
  const known = twilioCode === undefined ? {} : { twilioCode };
  // The message is posted after its last upload, so one that failed means that nothing was sent. 0: no answer at all.
  if (typeof code === 'number' && headers !== undefined) return { status: code, ...known, isRefusal: true };
  const answered = typeof status === 'number' ? status : numberIn(numberedStatus(reply), 'code');
  if (answered !== undefined) return { status: answered, ...known, isRefusal: isClientError(answered) };
  // In a state that ends only with another token the SDK sends nothing any more.
  return { isRefusal: typeof message === 'string' && message.startsWith('Unable to connect') };
}

/** What a send or an edit throws: `chat/send-refused` where nothing was stored, else `chat/send-doubtful`. */
export function sendError(cause: unknown): SdkError {
  const { isRefusal, ...details } = readCallFailure(cause);
  return chatError(isRefusal ? 'chat/send-refused' : 'chat/send-doubtful', { details, cause });
}

/** What any other call throws. */
export function callError(cause: unknown): SdkError {
  const { isRefusal: _isRefusal, ...details } = readCallFailure(cause);
  return chatTwilioError(details.status === 403 ? 'twilio/not-permitted' : 'twilio/call-failed', { details, cause });
}

/** Awaits a call of the SDK, and says with our errors why it failed. */
export async function callTwilio<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw callError(cause);
  }
}

/** Awaits what changes something beside the text of a message, and can be repeated. @throws chat/send-refused, with why as its cause */
export async function refuse<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    const cause = isSdkError(error) ? error : callError(error);
    throw chatError('chat/send-refused', { details: cause.details, cause });
  }
}

function isClientError(status: number): boolean {
  return status >= 400 && status < 500 && status !== REQUEST_TIMEOUT;
}

function numberedStatus(reply: unknown): unknown {
  return typeof reply === 'object' && reply !== null ? (reply as Record<string, unknown>)['status'] : undefined;
}

function numberIn(value: unknown, name: string): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Record<string, unknown>)[name];
  return typeof found === 'number' ? found : undefined;
}
