/**
 * Requests to the service: token, time limit, repeats where they are safe, and errors by code. A repeat is safe for what
 * only reads; a publish whose answer was lost is settled by its caller, who looks.
 */
import { isSdkError, type SdkError } from '@sotto/core';
import { TOKEN_SCHEME } from '@sotto/contract';
import type { AccessTokens } from './access-tokens.ts';
import { clientError } from './errors.ts';
import type { Http, HttpRequest, HttpResponse } from './ports.ts';

export interface ServiceRequest {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to repeat it when the connection or the service failed. */
  readonly isSafe: boolean;
  /** Whether to show a token: true, unless said otherwise. */
  readonly isPublic?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ServiceAnswer {
  /** Parsed JSON, of any shape. */
  readonly body: unknown;
  readonly header: HttpResponse['header'];
}

export interface ServiceClient {
  readonly apiUrl: string;
  /**
   * A good answer.
   * @throws `transport/*`, `service/refused` (details: status, serviceCode, serviceMessage, retryAfterSeconds),
   *   `service/too-many-requests` (details: status, retryAfterSeconds), `service/unavailable`, `service/bad-answer`, `token/*`
   */
  send(request: ServiceRequest): Promise<ServiceAnswer>;
}

/** The service's code for an expired token: the only refusal on which the request is repeated with a new one. */
const CODE_TOKEN_EXPIRED = 20304;
const CODES_TOKEN_REFUSED = [20300, 20303];
/** The service's code for more guesses at a password than a user has; any other 429 is of requests as such. */
export const CODE_TOO_MANY_GUESSES = 60007;
const MAX_REPEATS = 2;
const REPEAT_AFTER_MS = 200;
/** Who is told to wait for longer is told so at once. */
const LONGEST_WAIT_MS = 5_000;

export function createServiceClient({
  apiUrl,
  http,
  tokens,
  timeoutMs,
  wait,
}: {
  readonly apiUrl: string;
  readonly http: Http;
  readonly tokens: AccessTokens;
  readonly timeoutMs: number;
  /** Resolves after so many milliseconds, sooner when aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}): ServiceClient {
  const exchange = async (request: ServiceRequest, token: string | undefined): Promise<HttpResponse> =>
    http({
      method: request.method,
      url: apiUrl + request.path,
      headers: {
        ...request.headers,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `${TOKEN_SCHEME} ${token}` }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      timeoutMs,
      signal: request.signal,
    });

  const sendOnce = async (request: ServiceRequest): Promise<ServiceAnswer> => {
    if (request.isPublic) return readAnswer(await exchange(request, undefined));
    const token = await tokens.get();
    const first = await exchange(request, token.text);
    if (!isTokenExpired(first)) return readAnswer(first);
    const second = await exchange(request, (await tokens.renew(token)).text);
    if (isTokenExpired(second)) throw clientError('token/expired-again');
    return readAnswer(second);
  };

  return {
    apiUrl,
    async send(request) {
      for (let repeats = 0; ; repeats++) {
        try {
          return await sendOnce(request);
        } catch (error) {
          const pauseMs = findPause(error, { repeats, isSafe: request.isSafe });
          if (repeats === MAX_REPEATS || pauseMs === undefined) throw error;
          await wait(pauseMs, request.signal);
        }
      }
    },
  };
}

/** Whether it was not said that the request is refused: then nobody knows whether the service acted on it. */
export function isUncertain(error: unknown): error is SdkError {
  return (
    isSdkError(error) &&
    (error.code.startsWith('transport/') || error.code === 'service/unavailable' || error.code === 'service/bad-answer')
  );
}

/** Whether the service was not reached, failed, or has too much to do, so that what was seen before may serve. */
export function isOutage(error: unknown): error is SdkError {
  if (isSdkError(error, 'service/too-many-requests')) return true;
  return isUncertain(error) && error.code !== 'transport/aborted';
}

/** Until a repeat that may do better; undefined where none does, or where the first may have done what it was for. */
function findPause(
  error: unknown,
  { repeats, isSafe }: { readonly repeats: number; readonly isSafe: boolean },
): number | undefined {
  const usualMs = REPEAT_AFTER_MS * 2 ** repeats * (0.5 + Math.random());
  // It was refused before anything was done. All who were refused with it come back spread over half as long again.
  if (isSdkError(error, 'service/too-many-requests')) {
    const seconds = error.details['retryAfterSeconds'];
    const pauseMs = typeof seconds === 'number' ? seconds * 1000 : usualMs;
    return pauseMs > LONGEST_WAIT_MS ? undefined : pauseMs * (1 + Math.random() / 2);
  }
  const mayPass = isSdkError(error, 'transport/unreachable') || isSdkError(error, 'service/unavailable');
  return isSafe && mayPass ? usualMs : undefined;
}

function readAnswer(response: HttpResponse): ServiceAnswer {
  if (response.status >= 500) throw clientError('service/unavailable', { details: { status: response.status } });
  if (response.status === 429 && codeOf(response) !== CODE_TOO_MANY_GUESSES) {
    // From the service or from a proxy before it, which has words of its own.
    throw clientError('service/too-many-requests', { details: { status: response.status, ...retryAfter(response) } });
  }
  const body = parseJson(response);
  if (response.status >= 200 && response.status < 300) return { body, header: (name) => response.header(name) };
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'number' || response.status < 400) throw badAnswer(response);
  const details = { status: response.status, serviceCode: code, serviceMessage: message, ...retryAfter(response) };
  throw clientError(CODES_TOKEN_REFUSED.includes(code) ? 'token/refused' : 'service/refused', { details });
}

function isTokenExpired(response: HttpResponse): boolean {
  if (response.status !== 401) return false;
  return (parseJson(response) as { code?: unknown } | null)?.code === CODE_TOKEN_EXPIRED;
}

function codeOf(response: HttpResponse): unknown {
  try {
    return (parseJson(response) as { code?: unknown } | null)?.code;
  } catch {
    return undefined;
  }
}

function retryAfter(response: HttpResponse): { readonly retryAfterSeconds?: number } {
  const text = response.header('retry-after') ?? '';
  return /^\d{1,6}$/.test(text) ? { retryAfterSeconds: Number(text) } : {};
}

function parseJson(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body);
  } catch {
    throw badAnswer(response);
  }
}

/** Without a cause: JSON.parse quotes the text that it cannot read. */
function badAnswer({ status }: HttpResponse): SdkError {
  return clientError('service/bad-answer', { details: { status } });
}
